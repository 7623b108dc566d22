"""Backups: made under load, sealed with a passphrase, verified before they replace."""
