"""Showing what is withheld: a form with a reason, then the values, once."""
