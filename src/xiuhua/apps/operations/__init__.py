"""Keeping the application running: periodic jobs, health, what is kept how long.

Owns the runs of periodic jobs. It knows no household: what a job does is named in a
table by its path, so the work itself stays in the app it belongs to. It stands right
above the audit, and every app may use it.
"""
