"""Map Jobs: contractor jobs on the left, their QuickBooks jobs on the right."""
