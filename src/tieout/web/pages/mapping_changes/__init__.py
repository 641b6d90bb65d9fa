"""Proposed changes of mappings: looked at, saved, undone as one."""
