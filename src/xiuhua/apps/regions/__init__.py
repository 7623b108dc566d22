"""The tree of administrative divisions with its history.

Owns codes, names, validity, successions, groupings that cut across the tree, what is
said of a region year by year, and imported boundaries. It does not hold figures: what
is counted in a region belongs to those who count it.
"""
