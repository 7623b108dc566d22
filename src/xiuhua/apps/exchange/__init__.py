"""Rows in and out: uploads compared before they count, sheets handed out, exports.

The national system stays the record where there is one. What comes in is staged,
compared, shown and promoted in one step; what was changed here is listed until the
next export of the national system carries it.
"""
