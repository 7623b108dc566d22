"""How a value is shown in a fault: as a clerk writes it, as far as it may be shown."""

from __future__ import annotations

from xiuhua.core.dictionary.model import Field, FieldType, Mask


def shown_sql(field: Field) -> str:
    """Return the SQL of a field's value as text: in its unit, with Chinese labels.

    Of a personal value its first character shows, of a secret one only its length.
    """
    return masked_sql(_plain_sql(field), field.mask)


def masked_sql(expression: str, mask: Mask) -> str:
    """Return the SQL that shows as much of a text as its masking class allows.

    >>> masked_sql("phone", Mask.OPEN)
    'phone'
    """
    if mask is Mask.OPEN:
        return expression
    if mask is Mask.SECRET:
        return f"repeat('*', length({expression}))"
    return f"left({expression}, 1) || repeat('*', length({expression}) - 1)"


def _plain_sql(field: Field) -> str:
    name = field.name
    if field.type is FieldType.BOOLEAN:
        return f"CASE WHEN {name} THEN '是' WHEN NOT {name} THEN '否' END"
    if field.type is FieldType.CHOICE and field.codes is not None:
        codes = field.codes.codes
        labels = " ".join(f"WHEN '{c.code}' THEN '{c.label.zh}'" for c in codes)
        return f"CASE {name} {labels} END"
    if field.scale:
        # Decimals, because a quotient would be a float.
        unit = f"{10**-field.scale:.{field.scale}f}"
        return f"CAST(CAST({name} AS DECIMAL(20, 0)) * {unit} AS VARCHAR)"
    return f"CAST({name} AS VARCHAR)"
