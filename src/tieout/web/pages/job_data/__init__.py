"""Job-level data: what is proposed to change in QuickBooks, and Send selected."""
