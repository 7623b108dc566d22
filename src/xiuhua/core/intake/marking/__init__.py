"""The same workbook back with its bad cells marked; every other byte as it came.

The parts of the archive are copied as they are. Only what a mark needs is edited, as
text: no part is parsed as XML, so nothing in a hostile file can be expanded.
"""
