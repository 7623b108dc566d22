"""Form fields made from the data dictionary, and what they say as values.

What is not known is a choice like yes and no. A secret field is never shown, so it is
written blind: left empty it stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from xiuhua.apps.accounts.roles import Role
from xiuhua.core.dictionary.model import TEXT_TYPES, Field, FieldType, Mask, unit_in
from xiuhua.core.dictionary.reader import load_dictionary
from xiuhua.core.id_number import IdFault, parsed, tidied
from xiuhua.web.forms import DateInput
from xiuhua.web.shell import language, worded


_TEXT_LENGTH: Final = 200
_FAULTS: Final = {
    IdFault.LENGTH: _("An identity number has 18 characters: count them."),
    IdFault.BIRTH_DATE: _("Characters 7 to 14 are no date of birth."),
    IdFault.CHECKSUM: _(
        "The last character does not fit the others: a digit is mistyped."
    ),
}
_FLAGS: Final = (("", _("not known")), ("1", _("yes")), ("0", _("no")))


def fact_fields(
    level: str, names: Iterable[str], rights: Role, row: Any = None
) -> dict[str, forms.Field]:
    """Return a form field for each field of a level a role may write, as `row` has it.

    What a role does not see in full it writes blind, secret fields always.
    """
    fields = load_dictionary().level(level).by_name
    made = {}
    for name in names:
        field = fields[name]
        blind = row is not None and _is_blind(field, rights)
        value = None if blind or row is None else getattr(row, name)
        made[name] = _form_field(field, value)
        if blind:
            made[name].help_text = _("Not shown. Left empty it stays as it is.")
    return made


def facts_said(
    level: str, cleaned: Mapping[str, Any], names: Iterable[str], rights: Role, row: Any
) -> dict[str, Any]:
    """Return what a form says of fields, as services take it; None is not known."""
    fields = load_dictionary().level(level).by_name
    said = {}
    for name in names:
        value = _value(fields[name], cleaned[name])
        blind = row is not None and _is_blind(fields[name], rights)
        if not (blind and value is None):
            said[name] = value
    return said


def _is_blind(field: Field, rights: Role) -> bool:
    return field.mask is Mask.SECRET or not rights.shows(field.mask)


def _form_field(field: Field, value: Any) -> forms.Field:
    unit = unit_in(field.unit, language()).strip() if field.unit else ""
    name = worded(field.label)
    # Some official names carry their unit already.
    label = name if not unit or name.endswith(f"({unit})") else f"{name} ({unit})"
    make = _MAKERS.get(field.type, _text)
    made = make(field, value)
    made.label, made.required = label, False
    return made


def _text(field: Field, value: Any) -> forms.Field:
    widget = forms.TextInput(attrs={"autocomplete": "off"})
    return forms.CharField(max_length=_TEXT_LENGTH, initial=value, widget=widget)


def _identity(field: Field, value: Any) -> forms.Field:
    made = _text(field, value)
    made.validators.append(_check_identity)
    return made


def _check_identity(text: str) -> None:
    """Refuse a number of digits that cannot be one; passports have letters."""
    number = tidied(text)
    fault = parsed(number)
    if isinstance(fault, IdFault) and number.strip("X").isdigit():
        raise ValidationError(_FAULTS.get(fault, _("This is no identity number.")))


def _flag(field: Field, value: Any) -> forms.Field:
    initial = "" if value is None else str(int(value))
    return forms.ChoiceField(choices=_FLAGS, initial=initial)


def _choice(field: Field, value: Any) -> forms.Field:
    return forms.ChoiceField(
        choices=[("", _("not known")), *_codes(field)], initial=value or ""
    )


def _choices(field: Field, value: Any) -> forms.Field:
    return forms.MultipleChoiceField(
        choices=_codes(field),
        initial=value.split(",") if value else [],
        widget=forms.CheckboxSelectMultiple,
    )


def _whole(field: Field, value: Any) -> forms.Field:
    return forms.IntegerField(
        min_value=field.minimum, max_value=field.maximum, initial=value
    )


def _decimal(field: Field, value: Any) -> forms.Field:
    return forms.DecimalField(
        min_value=field.minimum,
        max_value=field.maximum,
        decimal_places=field.scale,
        initial=value,
    )


def _day(field: Field, value: Any) -> forms.Field:
    return forms.DateField(widget=DateInput(), initial=value)


def _codes(field: Field) -> list[tuple[str, str]]:
    codes = field.codes.codes if field.codes else ()
    return [(code.code, worded(code.label)) for code in codes]


def _value(field: Field, cleaned: Any) -> Any:
    if cleaned in (None, "", []):
        return None
    if field.type is FieldType.BOOLEAN:
        return cleaned == "1"
    if field.type in TEXT_TYPES:
        return str(cleaned)
    return cleaned


_MAKERS: Final[Mapping[FieldType, Callable[[Field, Any], forms.Field]]] = {
    FieldType.BOOLEAN: _flag,
    FieldType.ID_NUMBER: _identity,
    FieldType.CHOICE: _choice,
    FieldType.CHOICES: _choices,
    FieldType.INTEGER: _whole,
    FieldType.YEAR: _whole,
    FieldType.DECIMAL: _decimal,
    FieldType.MONEY: _decimal,
    FieldType.DATE: _day,
    FieldType.MONTH: _day,
}
