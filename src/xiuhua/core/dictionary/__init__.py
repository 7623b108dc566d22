"""The data dictionary: fields and code lists, the one declarative source of both.

`fields/*.toml` and `codes.toml` hold the facts; `model` says what a field is and
`reader` loads them. Templates, intake, the rule checker and the reference pages
derive from here.
"""
