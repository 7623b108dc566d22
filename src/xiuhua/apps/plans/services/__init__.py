"""Change plans: one act, one transaction, one event, one entry in the audit.

Every act takes the version of the row it was decided on; another one is refused. What
was agreed with the family is kept whole as a version; later changes make another one.
"""
