"""Write the results of a judged county: rates, findings, lists and summary.

All files are written beside the target and moved in when all are whole.
"""

from __future__ import annotations

import csv
import json
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from xiuhua.core.screening.files import OutputRefused, defused, write_faults
from xiuhua.core.truth import UNKNOWN
from xiuhua.core.verification.findings import FINDING_OF, Checked, Finding, Kind
from xiuhua.core.verification.run import CountyCheck
from xiuhua.core.verification.summary import RATE_COLUMNS, rate_rows, summary


SAMPLE_COLUMNS: Final = (
    "sheet",
    "row",
    "sample_id",
    "household_id",
    "village_code",
    "sample_kind",
    "risk_groups",
    "persons",
    "team",
    "check_method",
    "finding",
    "stage",
    "approves",
    "left_out",
    "weight",
    "persons_in_wrong_exit_rate",
    "persons_in_missed_rate",
    "in_approval_rate",
)
FINDING_COLUMNS: Final = (
    "sheet",
    "row",
    "sample_id",
    "household_id",
    "village_code",
    "sample_kind",
    "risk_groups",
    "persons",
    "team",
    "finding",
    "stage",
    "rate",
    "counts_in_numerator",
)
HELD_COLUMNS: Final = (
    "household_id",
    "village_code",
    "village_name",
    "sample_id",
    "row",
    "persons",
    "team",
    "verdict",
    "unmet",
    "unknown",
    "reasons",
)
_RATE_OF: Final = {
    Finding.WRONG_EXIT: "wrong_exit_rate",
    Finding.MISSED: "missed_rate",
}

Writer = Callable[[CountyCheck, Path, str], None]


def write_county(
    check: CountyCheck,
    out: Path,
    *,
    language: str = "zh",
    extra: Sequence[Writer] = (),
) -> list[Path]:
    """Write all results of a judged county into a folder and return the files.

    `extra` writers take the check, the folder and the language; they put further
    files (the report) beside the rest.

    Raises:
        OutputRefused: when the folder is a file or cannot be written to.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        staging = Path(tempfile.mkdtemp(prefix=".writing-", dir=out))
    except OSError as error:
        raise OutputRefused(
            "cannot write results to {out}: {reason}", out=out, reason=error.strerror
        ) from error
    try:
        for write in (_rates, _summary, _findings, _sample, _held, _faults, *extra):
            write(check, staging, language)
        written = sorted(staging.iterdir())
        return [path.replace(out / path.name) for path in written]
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _rates(check: CountyCheck, folder: Path, language: str) -> None:
    rows = rate_rows(check.reckoned, check.judgement)
    _write(folder / "rates.csv", RATE_COLUMNS, (row.values() for row in rows))


def _summary(check: CountyCheck, folder: Path, language: str) -> None:
    text = json.dumps(summary(check), ensure_ascii=False, indent=1)
    (folder / "summary.json").write_text(text + "\n", encoding="utf-8")


def _findings(check: CountyCheck, folder: Path, language: str) -> None:
    found = [row for row in check.rows if row.finding in _RATE_OF]
    _write(folder / "findings.csv", FINDING_COLUMNS, map(_finding, found))


def _finding(row: Checked) -> tuple[Any, ...]:
    assert isinstance(row.finding, Finding)  # noqa: S101  the caller chose these
    return (
        row.sheet,
        row.row,
        row.sample_id,
        row.household_id,
        row.village,
        _plain(row.kind),
        ",".join(row.groups),
        _plain(row.persons),
        row.team,
        row.finding.value,
        row.stage.value if row.stage else "",
        _RATE_OF[row.finding],
        int(row.counts and row.is_upheld),
    )


def _sample(check: CountyCheck, folder: Path, language: str) -> None:
    weights = {
        unit.key: float(weight)
        for unit, weight in zip(
            check.basis.units, check.basis.design.weights, strict=True
        )
        if unit is not None
    }
    rows = (_sample_row(row, weights.get(row.key)) for row in check.rows)
    _write(folder / "sample-rows.csv", SAMPLE_COLUMNS, rows)


def _sample_row(row: Checked, weight: float | None) -> tuple[Any, ...]:
    persons = {
        kind: row.persons if row.counts and row.kind is kind else 0
        for kind in FINDING_OF
    }
    return (
        row.sheet,
        row.row,
        row.sample_id,
        row.household_id,
        row.village,
        _plain(row.kind),
        ",".join(row.groups),
        _plain(row.persons),
        row.team,
        row.method,
        _plain(row.finding),
        row.stage.value if row.stage else "",
        "" if row.approves is UNKNOWN else int(row.approves),
        row.left_out,
        "" if weight is None else weight,
        persons[Kind.EXITED],
        persons[Kind.UNREGISTERED],
        int(row.was_asked),
    )


def _held(check: CountyCheck, folder: Path, language: str) -> None:
    joint = "；" if language == "zh" else "; "
    label = check.household_standard.label_of
    rows = (
        (
            held.row.household_id,
            held.row.village,
            held.village_name,
            held.row.sample_id,
            held.row.row,
            held.row.persons,
            held.row.team,
            held.verdict,
            joint.join(label(i).in_(language) for i in held.unmet),
            joint.join(label(i).in_(language) for i in held.unknown),
            joint.join(held.reasons_zh if language == "zh" else held.reasons_en),
        )
        for held in check.held
    )
    _write(folder / "held-against-registry.csv", HELD_COLUMNS, rows)


def _faults(check: CountyCheck, folder: Path, language: str) -> None:
    write_faults(check.faults, folder / "faults.csv", language)


def _plain(value: Any) -> Any:
    return "" if value is UNKNOWN else getattr(value, "value", value)


def _write(path: Path, names: Iterable[str], rows: Iterable[Iterable[Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(names)
        writer.writerows(_cells(row) for row in rows)


def _cells(row: Iterable[Any]) -> Iterator[Any]:
    """Numbers as they are, no figure as an empty cell, no text as a formula."""
    for cell in row:
        if cell is None:
            yield ""
        else:
            yield defused(cell) if isinstance(cell, str) else cell
