"""Take sheets in, over and back."""
