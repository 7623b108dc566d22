"""Files as evidence: photos, scans, documents, each hung on a subject.

Owns the files in the data folder and the rows that say what each is about. It knows
its subjects as text alone (kind, id, region), so whatever stands above may have some.
"""
