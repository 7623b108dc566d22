"""Who helps (谁来扶): units, helpers, teams, pairings, visits, rosters.

Who is helped stands in the registry; what is done for them in the plans. Nobody is
tracked: no whereabouts, no punching in, no points and no ranking of persons.
"""
