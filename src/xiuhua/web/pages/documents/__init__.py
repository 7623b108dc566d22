"""Papers: household cards, orders of many, a person's own data sheet."""
