"""Who presses: drives with a deadline, what is left of them by region, shocks.

A drive counts problems of the ledger and shortfalls of the assessments, owning neither.
Places stand side by side here, never persons, and nothing is ranked.
"""
