"""The regions: tree, names, groupings, what they count as; lists and boundaries."""
