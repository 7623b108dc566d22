"""What the acts on the ledger are made of: steps, events, tallies."""
