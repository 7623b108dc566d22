"""Data health: what contradicts itself, what is missing, what has to be asked."""
