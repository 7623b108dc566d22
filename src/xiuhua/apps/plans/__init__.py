"""How a household is helped: one plan each, its measures, delivery (一户一策).

Owns plans, their versions and measures. A shortfall opens a measure here, never a
problem; where the plan itself fails, the ledger above takes it up.
"""
