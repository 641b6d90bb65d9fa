"""Client Mapping: clients of the back office and their QuickBooks customers."""
