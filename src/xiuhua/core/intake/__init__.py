"""Reading a registry: workbooks, exports and tables become three typed tables.

`read` is the front door. Files are looked at (`sources`), parsed in a child process
with limits (`sandbox`, `child`), their columns understood (`headers`), their cells
typed (`convert`, `stage`), their rows joined (`assemble`) and checked (`checks`).
Everything that is wrong comes out as a fault (`faults`); a bad cell is unknown.
"""
