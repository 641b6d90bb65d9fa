"""No such job yet: the name that the QuickBooks job should get, and what to click there."""
