"""Lists sent in as sheets: handed out filled, compared, taken over, taken back."""
