"""The way in through a browser; no rule of the domain lives here."""
