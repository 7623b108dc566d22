"""What several services of plans do alike: write events, versions and tallies."""
