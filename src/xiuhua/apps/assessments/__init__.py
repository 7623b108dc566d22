"""What the standards say of each household now, and what runs said on a day.

Owns which standard is in force where, the current verdict of every household with what
it falls short of, the tallies of every region, runs with their snapshots, and the
faults found in the data. It changes no household.
"""
