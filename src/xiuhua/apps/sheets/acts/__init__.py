"""What several acts on sheets are made of."""
