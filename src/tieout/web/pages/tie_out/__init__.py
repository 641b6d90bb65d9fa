"""Tie-out: do both books agree, and what differs where they do not."""
