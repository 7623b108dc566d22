"""The kinds of fault found in a registry, and their table.

A fault names its cell (file, sheet, row, column), the household and the person, the
value as far as the field's masking class allows, and what is needed to word it:
`expected` (what a contradicting source says) and `other` (another row's place).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import pyarrow as pa


@dataclass(frozen=True)
class FaultKind:
    """A kind of fault: what is wrong and what would be right, as message ids."""

    name: str
    problem: str
    remedy: str


FAULT_SCHEMA: Final = pa.schema(
    [
        ("kind", pa.string()),
        ("household_id", pa.string()),
        ("person_id", pa.string()),
        ("file", pa.string()),
        ("sheet", pa.string()),
        ("row", pa.int64()),
        ("column", pa.string()),
        ("value", pa.string()),
        ("level", pa.string()),
        ("field", pa.string()),
        ("expected", pa.string()),
        ("other", pa.string()),
    ]
)

FAULT_KINDS: Final = {
    kind.name: kind
    for kind in (
        FaultKind(
            "bad_value",
            "{column} cannot be read",
            "write {expected}, or leave the cell empty if it is not known",
        ),
        FaultKind(
            "out_of_range",
            "{column} lies outside what is possible",
            "write a value {expected}",
        ),
        FaultKind(
            "unknown_code",
            "{column} is not on its code list",
            "write one of: {expected}",
        ),
        FaultKind(
            "number_damaged",
            "{column} was kept as a number and has lost its last digits",
            "set the column to text and enter the number again from the paper",
        ),
        FaultKind(
            "columns_differ",
            "{column} and {other} are columns of the same fact and differ",
            "keep the one right value; until then it counts as unknown",
        ),
        FaultKind(
            "missing_required",
            "{column} is empty",
            "fill it in; without it the row cannot be placed",
        ),
        FaultKind(
            "outside_region",
            "the row belongs to another region",
            "remove it, or check the region asked for ({expected})",
        ),
        FaultKind(
            "village_unknown",
            "the village of the household is not among the villages",
            "correct the code of the village or add the village",
        ),
        FaultKind(
            "household_conflict",
            "the household stands more than once and {column} differs (also {other})",
            "keep the one right row; until then the household is left out",
        ),
        FaultKind(
            "village_conflict",
            "the village stands more than once and {column} differs (also {other})",
            "keep the one right row; until then the village is left out",
        ),
        FaultKind(
            "duplicate_person_id",
            "the person number stands more than once (also {other})",
            "give each person a number of their own",
        ),
        FaultKind(
            "id_duplicate",
            "the ID number stands more than once (also {other})",
            "find out whose number it is and correct the other",
        ),
        FaultKind(
            "id_length",
            "the ID number has neither 18, 20 nor 22 characters",
            "enter the 18 characters of the ID or the number of the disability card",
        ),
        FaultKind(
            "id_form",
            "the ID number holds characters or a date that cannot be",
            "enter the number again from the card",
        ),
        FaultKind(
            "id_checksum",
            "the ID number fails its check character",
            "enter the number again from the card",
        ),
        FaultKind(
            "id_birth_mismatch",
            "the date of birth differs from the ID number",
            "correct whichever is wrong: the date or the ID number",
        ),
        FaultKind(
            "id_sex_mismatch",
            "the sex differs from the ID number",
            "correct whichever is wrong; the ID number says {expected}",
        ),
        FaultKind(
            "double_insured",
            "insured as a resident and as an employee at once",
            "keep the one insurance that holds",
        ),
        FaultKind(
            "labour_of_minor_or_pupil",
            "under 16 or at school, yet counted as able to work",
            "a minor or pupil has no capacity to work",
        ),
        FaultKind(
            "education_and_school",
            "education attained and stage of study are both filled in",
            "a pupil has a stage of study only, everybody else an education only",
        ),
        FaultKind(
            "several_heads",
            "the household has another head already ({other})",
            "keep one head and correct the relation of the others",
        ),
        FaultKind(
            "no_head",
            "no member of the household is its head",
            "say which member is the head",
        ),
        FaultKind(
            "household_without_members",
            "the household has no members",
            "add its members or remove the household",
        ),
        FaultKind(
            "orphan_person",
            "the household of the person is not among the households",
            "correct the household number or add the household; until then the"
            " person counts nowhere",
        ),
        FaultKind(
            "checked_twice",
            "{column} stands more than once among the households checked"
            " (also {other})",
            "keep the one right row; until then the later ones count nowhere",
        ),
        FaultKind(
            "finding_contradiction",
            "a stage is given, yet nothing was found",
            "say what was found or empty the stage; until then the row counts nowhere",
        ),
        FaultKind(
            "finding_of_other_kind",
            "a finding that cannot be made of this kind of household",
            "a wrong exit is found at an exited household, a missed one at a"
            " household that is not registered",
        ),
        FaultKind(
            "checked_not_registered",
            "the exited household checked is not in the registry",
            "correct the household number",
        ),
        FaultKind(
            "checked_status_differs",
            "checked as an exited household, but in the registry it is not exited",
            "correct whichever is wrong: the kind of household or the registry",
        ),
        FaultKind(
            "checked_not_drawn",
            "the household was not drawn",
            "only households of the sample and their replacements count",
        ),
    )
}
"""Every kind by its name; the order is that of the reference pages."""


def no_faults() -> pa.Table:
    """Return an empty table of faults."""
    return FAULT_SCHEMA.empty_table()
