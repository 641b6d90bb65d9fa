"""Restored backup: which exported invoices are gone, and how to go on safely."""
