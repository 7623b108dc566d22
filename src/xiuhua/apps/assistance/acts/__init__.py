"""What services of this app are made of."""
