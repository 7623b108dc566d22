"""How much of a value a fault may show."""

from __future__ import annotations

from xiuhua.core.dictionary.model import Mask


def masked(value: str | None, mask: Mask) -> str | None:
    """Return the value as the masking class lets it be shown.

    A personal value keeps its first character, a secret one only its length.

    >>> masked("王福伟", Mask.PERSONAL), masked("99012619330319911X", Mask.SECRET)
    ('王**', '******************')
    """
    if value is None or mask is Mask.OPEN:
        return value
    shown = value[:1] if mask is Mask.PERSONAL else ""
    return shown + "*" * (len(value) - len(shown))


def masked_sql(expression: str, mask: Mask) -> str:
    """Return the SQL that shows a text column as `masked` would.

    >>> masked_sql("phone", Mask.OPEN)
    'phone'
    """
    if mask is Mask.OPEN:
        return expression
    if mask is Mask.SECRET:
        return f"repeat('*', length({expression}))"
    return f"left({expression}, 1) || repeat('*', length({expression}) - 1)"
