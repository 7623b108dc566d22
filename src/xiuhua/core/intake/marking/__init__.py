"""The same workbook back with its bad cells marked, its values as they were read.

Only what a mark needs is edited, as text: no part is parsed as XML, so nothing in a
hostile file can be expanded. What could compute, call out or lead away is taken out
(see `lifeless`); a workbook without such things keeps every other byte.
"""
