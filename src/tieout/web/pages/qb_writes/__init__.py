"""Changes sent to QuickBooks: jobs created and updated, invoices voided and updated, the stamp."""
