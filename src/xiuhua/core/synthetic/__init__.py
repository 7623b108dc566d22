"""Seeded made-up populations: households, persons and villages nobody lives in."""
