"""Schema changes of the ledger."""
