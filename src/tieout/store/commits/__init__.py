"""All writes, one module per subject. Plain functions; the service opens the transaction."""
