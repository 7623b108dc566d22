"""The lists one asks for first: exited yet unmet, remaining yet met, what to ask."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from xiuhua.core.dictionary.reader import load_dictionary
from xiuhua.core.engines.memory import Judged
from xiuhua.core.reasons import PARAM, Reason
from xiuhua.core.screening.run import Screening
from xiuhua.core.screening.why import ReasonedHousehold, reasoned_households
from xiuhua.core.standards.binder import OVERALL
from xiuhua.core.truth import UNKNOWN, Verdict
from xiuhua.core.wording import Wording


PLACE: Final = (
    "township_name",
    "village_code",
    "village_name",
    "village_group",
    "household_id",
    "head_name",
)
LIST_COLUMNS: Final = (
    *PLACE,
    "n_persons",
    "net_income_per_capita",
    "exit_status",
    "exit_year",
    "helper_name",
    "helper_unit",
    "unmet",
    "unknown",
    "reasons",
)
ASK_COLUMNS: Final = (
    *PLACE,
    "helper_name",
    "person_id",
    "person_name",
    "indicator",
    "field",
    "question",
    "answer",
)
_WRONG_EXIT: Final = f"exit_status = 'exited' AND v_{OVERALL} = {Verdict.UNMET.value}"
_RESULTS: Final = ("n_persons", "net_income_per_capita")
_HOUSEHOLD: Final = (
    "village_group",
    "head_name",
    "exit_year",
    "helper_name",
    "helper_unit",
)


def list_rows(
    screening: Screening, status: str, verdict: str, language: str
) -> Iterator[tuple[Any, ...]]:
    """Yield the households of a status with an overall verdict, one row each.

    `status` is a code of `exit_status`, `verdict` a word. Columns: LIST_COLUMNS.
    """
    reasons = _reasons_by_household(screening, language) if verdict != "met" else {}
    places = village_names(screening)
    wording = Wording(screening.standard, load_dictionary(), language)
    for row in _chosen(screening, status, verdict):
        township, village = places.get(row["village_code"] or "", ("", ""))
        unmet, unknown, text = reasons.get(row["household_id"], ("", "", ""))
        shown = wording.value("household", "exit_status", row["exit_status"])
        yield (
            township,
            row["village_code"],
            village,
            row["village_group"],
            row["household_id"],
            row["head_name"],
            row["n_persons"],
            row["net_income_per_capita"],
            shown,
            row["exit_year"],
            row["helper_name"],
            row["helper_unit"],
            unmet,
            unknown,
            text,
        )


def ask_rows(screening: Screening, language: str) -> Iterator[tuple[Any, ...]]:
    """Yield one row per value nobody knows that keeps a verdict unknown.

    Ordered by household, so that a helper can take the sheet along; the last column
    is left empty for the answer. Columns: ASK_COLUMNS.
    """
    wording = Wording(screening.standard, load_dictionary(), language)
    places = village_names(screening)
    for household in reasoned_households(screening, which=_unknown(screening)):
        values = household.row.values
        code = text_of(values.get("village_code", UNKNOWN))
        township, village = places.get(code, ("", ""))
        place = (
            township,
            code,
            village,
            text_of(values.get("village_group", UNKNOWN)),
            household.household_id,
            text_of(values.get("head_name", UNKNOWN)),
            text_of(values.get("helper_name", UNKNOWN)),
        )
        for reason in household.reasons:
            if reason.verdict is Verdict.UNKNOWN:
                yield from _questions(reason, place, wording, language)


def _questions(
    reason: Reason, place: tuple[Any, ...], wording: Wording, language: str
) -> Iterator[tuple[Any, ...]]:
    for cause in reason.causes:
        if cause.value is not UNKNOWN or cause.level == PARAM:
            continue
        label = wording.label(cause.level, cause.name) if cause.name else ""
        yield (
            *place,
            text_of(cause.row.values.get("person_id", UNKNOWN)),
            text_of(cause.row.values.get("name", UNKNOWN)),
            reason.indicator.label.in_(language),
            label,
            wording.cause(reason, cause),
            "",
        )


def village_names(screening: Screening) -> dict[str, tuple[str, str]]:
    """Return township and village name by village code, empty where unknown."""
    present = {
        row[0] for row in screening.results.execute("DESCRIBE village").fetchall()
    }
    names = [n if n in present else "NULL" for n in ("township_name", "village_name")]
    query = f"SELECT village_code, {', '.join(names)} FROM village"
    rows = screening.results.execute(query).fetchall()
    return {row[0]: (row[1] or "", row[2] or "") for row in rows}


def text_of(value: Any) -> str:
    """Return a value as text, empty when unknown."""
    return "" if value is UNKNOWN or value is None else str(value)


def _chosen(
    screening: Screening, status: str, verdict: str
) -> Iterator[dict[str, Any]]:
    own = _present(screening, "household", "h", _HOUSEHOLD)
    # A standard need not ask for income or the number of persons.
    results = _present(screening, "verdicts", "v", _RESULTS)
    query = (
        f"SELECT v.household_id, v.village_code, v.exit_status, {results}, {own} "
        f"FROM verdicts v JOIN household h USING (household_id) "
        f"WHERE v.exit_status = ? AND v.{OVERALL} = ? "
        "ORDER BY v.village_code, v.household_id"
    )
    cursor = screening.results.cursor().execute(query, [status, verdict])
    names = [column[0] for column in cursor.description or ()]
    while row := cursor.fetchone():
        yield dict(zip(names, row, strict=True))


def _present(
    screening: Screening, table: str, alias: str, names: tuple[str, ...]
) -> str:
    """Return the columns of a table as SQL, NULL for those it does not have."""
    found = {r[0] for r in screening.results.execute(f"DESCRIBE {table}").fetchall()}
    return ", ".join(f"{alias}.{n}" if n in found else f"NULL AS {n}" for n in names)


def _reasons_by_household(
    screening: Screening, language: str
) -> dict[str, tuple[str, str, str]]:
    wording = Wording(screening.standard, load_dictionary(), language)
    return {
        household.household_id: _told(household, wording, language)
        for household in reasoned_households(screening, which=_WRONG_EXIT)
    }


def _unknown(screening: Screening) -> str:
    """Households that are unknown in something, as a condition on `judged`."""
    columns = (f"v_{i.id}" for i in screening.standard.shown_at("household"))
    return " OR ".join(f"{c} = {Verdict.UNKNOWN.value}" for c in columns)


def _told(
    household: ReasonedHousehold, wording: Wording, language: str
) -> tuple[str, str, str]:
    """Return unmet indicators, unknown indicators and the reasons of the unmet."""
    joint = "；" if language == "zh" else "; "
    named: dict[Verdict, list[str]] = {Verdict.UNMET: [], Verdict.UNKNOWN: []}
    texts = []
    for reason in household.reasons:
        named[reason.verdict].append(reason.indicator.label.in_(language))
        if reason.verdict is Verdict.UNMET:
            texts += [_who(c.row) + wording.cause(reason, c) for c in reason.causes]
    return (
        joint.join(named[Verdict.UNMET]),
        joint.join(named[Verdict.UNKNOWN]),
        joint.join(dict.fromkeys(texts)),
    )


def _who(row: Judged) -> str:
    name = row.values.get("name", UNKNOWN) if row.level == "person" else UNKNOWN
    return f"{name} " if name is not UNKNOWN else ""
