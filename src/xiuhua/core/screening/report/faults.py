"""The sheet of faults: each with its cell, what is wrong and what would be right."""

from __future__ import annotations

from typing import Final

from xiuhua.core.intake.wording import worded
from xiuhua.core.screening.report.book import FAULTS, Book
from xiuhua.core.screening.report.page import Column, Page, Table


FAULT_LABELS: Final = {
    "bad_value": "value that cannot be read",
    "out_of_range": "value outside what is possible",
    "unknown_code": "value not on the code list",
    "number_damaged": "number damaged in a number cell",
    "columns_differ": "two columns of one fact and different",
    "missing_required": "required value missing",
    "outside_region": "row of another region",
    "village_unknown": "village not among the villages",
    "household_conflict": "household twice and different",
    "village_conflict": "village twice and different",
    "duplicate_person_id": "person number twice",
    "id_duplicate": "ID number twice",
    "id_length": "ID number of wrong length",
    "id_form": "ID number of wrong form",
    "id_checksum": "ID number with wrong check character",
    "id_birth_mismatch": "date of birth against ID number",
    "id_sex_mismatch": "sex against ID number",
    "double_insured": "insured twice",
    "labour_of_minor_or_pupil": "minor or pupil counted as able to work",
    "education_and_school": "education and stage of study both filled in",
    "several_heads": "several heads of household",
    "no_head": "no head of household",
    "household_without_members": "household without members",
    "orphan_person": "person without a household",
    "checked_twice": "household checked twice",
    "checked_not_drawn": "household checked that was not drawn",
    "checked_not_registered": "household checked that is not in the registry",
    "checked_status_differs": "checked as exited, registered as not exited",
    "finding_of_other_kind": "finding that this kind of household cannot have",
    "finding_contradiction": "finding that contradicts itself",
}
"""What a kind of fault is called in lists and tallies, as message ids."""


def fault_label(book: Book, kind: str) -> str:
    """Return what a kind of fault is called, its code where it has no name."""
    return book.say(FAULT_LABELS[kind]) if kind in FAULT_LABELS else kind


def write_faults(book: Book) -> None:
    """Write all faults of the data, in the order they were found.

    Values stand as the table of faults has them: masked where they must be.
    """
    say = book.say
    page = Page(book, FAULTS, say("Faults in the data, cell by cell"))
    page.note(say("Row numbers are those of the file read; secret values are masked."))
    table = Table(page, _columns(book), frozen=1)
    several = len({i.name for i in book.screening.registry.inputs}) > 1
    for batch in worded(book.screening.registry.faults, book.language).to_batches():
        for row in batch.to_pylist():
            place = f"{row['file']} {row['sheet']}" if several else row["sheet"]
            table.add(
                [
                    fault_label(book, row["kind"]),
                    place,
                    row["row"],
                    row["column"],
                    row["value"],
                    row["problem"],
                    row["remedy"],
                    row["household_id"],
                    row["person_id"],
                ]
            )
    if not table.rows:
        table.none(say("No fault was found in the data."))
    table.close()


def _columns(book: Book) -> list[Column]:
    say = book.say
    return [
        Column(say("Kind of fault"), most=30),
        Column(say("Sheet"), most=24),
        Column(say("Row"), ("year",), least=6),
        Column(say("Column"), ("wrap",), most=18),
        Column(say("Value found"), ("code",), most=22),
        Column(say("What is wrong"), ("wrap",), most=36),
        Column(say("What to do"), ("wrap",), most=40),
        Column(book.label("household", "household_id"), ("code",)),
        Column(book.label("person", "person_id"), ("code",)),
    ]
