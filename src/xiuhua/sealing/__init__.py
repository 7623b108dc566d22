"""Sealed texts: encrypted at rest, found again by a blind index.

For identity and bank numbers. The keys lie outside the database, so a copy of the
database alone shows neither the numbers nor which guess is right.
"""
