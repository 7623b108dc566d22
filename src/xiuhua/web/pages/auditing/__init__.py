"""The record: searched, verified, anchored; no value of any household."""
