"""Form teams, share villages out among them, and match helpers to households."""
