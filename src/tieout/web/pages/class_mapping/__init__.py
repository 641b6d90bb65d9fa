"""Contractor and Direct Hire Class Mapping: custom field values and their QuickBooks classes."""
