"""The command room: what is left in a region, and where."""
