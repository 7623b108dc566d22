"""Users, the posts they act in, what a post allows, and the scope of every query.

A user without a post can sign in and see nothing. Owns users and posts; roles and
permissions are code (`roles`, `permissions`). It does not hold what anybody did: that
is the audit's.
"""
