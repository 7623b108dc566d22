"""Papers made from the data: household cards, a person's own data sheet.

Owns the orders of many cards at once. What stands on a paper is asked of the apps below
and masked for the post that makes it; each paper made is recorded.
"""
