"""Change the ledger: one act, one transaction, one event, one entry in the audit.

Every act takes the version of the problem it was decided on; another one is refused.
An act that makes a row takes the key of its form: the same key again makes nothing.
"""
