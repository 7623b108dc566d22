"""The ledger: problems of every source, their strike-off, the reconciliation."""
