"""A self-check or inspection: its findings, the rates, the judgement, the report."""
