"""The record of who did what to which record, when, on whose order.

Owns the entries and their chains, nothing else. It stands alone: no foreign key leads
out of it or into it, so the record outlives what it speaks of. It does not decide what
must be recorded; the service that changes something does, in the same transaction.
"""
