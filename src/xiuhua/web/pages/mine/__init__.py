"""My work: what is due from one person, made for the phone; digests; what changed."""
