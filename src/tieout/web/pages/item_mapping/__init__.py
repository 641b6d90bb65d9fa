"""Invoice Mapping: pay/bill items and their QuickBooks items."""
