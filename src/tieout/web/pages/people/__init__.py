"""People of a company, for its Super Users."""
