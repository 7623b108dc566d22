"""Lists that an office keeps in Excel: sent in, compared, taken over, taken back.

Every list goes the same way; an app above says what is its own about one as a `Kind`,
named in `settings.SHEET_KINDS`.
"""
