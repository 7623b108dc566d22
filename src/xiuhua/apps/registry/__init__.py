"""Whom: households and persons, what is believed of them now, and how that came about.

Owns the archive: households, their members, income by window, marks by year, facts of
villages, the history of every field and the spans of status that region totals are sums
of. It does not judge (assessments do) and reads no files (exchange does).
"""
