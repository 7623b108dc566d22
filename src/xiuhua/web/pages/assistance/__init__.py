"""Pages of who helps: pairings, helpers, teams, chains, visits, rosters."""
