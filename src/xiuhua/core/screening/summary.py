"""The summary of a run: counts, tallies, faults, and what everything rests on."""

from __future__ import annotations

from collections import Counter
from datetime import date
from fractions import Fraction
from typing import Any

import xiuhua
from xiuhua.core.region_codes import LENGTH_BY_LEVEL
from xiuhua.core.screening.run import GROUPS, Screening
from xiuhua.core.standards.resolver import ParamInForce
from xiuhua.core.truth import UNKNOWN
from xiuhua.core.wording import number_text


INDUSTRY_LEAST = 2


def summary(screening: Screening) -> dict[str, Any]:
    """Return the summary as plain data, ready for JSON.

    Words that do not occur are left out of tallies, kinds that do not occur out of
    faults. `counts.person_rows` includes persons without a household.
    """
    standard = screening.standard
    return {
        "as_of": standard.as_of.isoformat(),
        "line_yuan": _plain(_param(screening, "poverty_line_yuan")),
        "county": standard.region,
        "counts": _counts(screening),
        "incidence_percent_2dp": _incidence(screening),
        "indicators": {group: screening.tally(group) for group in GROUPS},
        "villages": {
            "tally": screening.village_tally(),
            "unmet_incidence": _codes(
                screening, "SELECT village FROM villages WHERE incidence = 'unmet'"
            ),
        },
        **_industry(screening),
        "data_faults": _faults(screening),
        "standard": _standard(screening),
        "inputs": [
            {"name": i.name, "sha256": i.sha256, "bytes": i.bytes}
            for i in screening.registry.inputs
        ],
        "ignored_columns": [
            {"file": c.file, "sheet": c.sheet, "column": c.header}
            for c in screening.registry.ignored_columns
        ],
        "engine": screening.engine,
        "versions": versions(),
    }


def versions() -> dict[str, str]:
    """Return the versions a result depends on."""
    from importlib.metadata import version  # noqa: PLC0415  slow to import, asked once

    packages = ("duckdb", "sqlglot", "fastexcel", "pyarrow")
    return {"xiuhua": xiuhua.__version__} | {p: version(p) for p in packages}


def _param(screening: Screening, name: str) -> Any:
    return next(
        (p.value for p in screening.standard.params if p.param.name == name), UNKNOWN
    )


def _counts(screening: Screening) -> dict[str, int]:
    ask = screening.results.execute
    names = (
        "exited_households",
        "exited_persons",
        "remaining_households",
        "remaining_persons",
    )
    sums = ask(
        "SELECT COUNT(*), SUM(n_rows), COUNT(*) FILTER (exit_status = 'exited'), "
        "SUM(n_rows) FILTER (exit_status = 'exited'), "
        "COUNT(*) FILTER (exit_status = 'not_exited'), "
        "SUM(n_rows) FILTER (exit_status = 'not_exited') FROM judged"
    ).fetchone()
    assert sums is not None  # noqa: S101  an aggregate always gives one row
    villages = ask("SELECT COUNT(*) FROM village").fetchone()
    poor = _poor_villages(screening)
    return {
        "villages": int(villages[0]) if villages else 0,
        "poor_villages": poor,
        "households": int(sums[0]),
        "person_rows": screening.registry.rows_read["person"],
        "persons": int(sums[1] or 0),
        **{name: int(value or 0) for name, value in zip(names, sums[2:], strict=True)},
    }


def _poor_villages(screening: Screening) -> int:
    columns = _columns(screening, "village")
    if "poor_village" not in columns:
        return 0
    row = screening.results.execute(
        "SELECT COUNT(*) FROM village WHERE poor_village"
    ).fetchone()
    return int(row[0]) if row else 0


def _columns(screening: Screening, table: str) -> set[str]:
    rows = screening.results.execute(f"DESCRIBE {table}").fetchall()
    return {str(row[0]) for row in rows}


def _incidence(screening: Screening) -> float | None:
    """Percent to two decimals; a prefecture or province adds up its counties."""
    region = screening.standard.region
    county = LENGTH_BY_LEVEL["county"]
    chosen, values = "region = ?", [region]
    if len(region) < county:
        chosen = f"LENGTH(region) = {county} AND starts_with(region, ?)"
    row = screening.results.execute(
        "SELECT SUM(remaining_persons), SUM(agricultural_population), "
        "COUNT(*) - COUNT(agricultural_population) FROM regions WHERE " + chosen,
        values,
    ).fetchone()
    if row is None or not row[1] or row[2]:
        return None
    return float(number_text(Fraction(100 * int(row[0]), int(row[1])), 2))


def _codes(screening: Screening, query: str) -> list[str]:
    return sorted(str(row[0]) for row in screening.results.execute(query).fetchall())


def _industry(screening: Screening) -> dict[str, int]:
    """Households carried by fewer than two industry measures (each needs two)."""
    if "industry_links" not in _columns(screening, "household"):
        return {}
    row = screening.results.execute(
        "SELECT COUNT(*) FILTER (industry_links < ?), "
        "COUNT(*) FILTER (industry_links IS NULL) FROM household",
        [INDUSTRY_LEAST],
    ).fetchone()
    assert row is not None  # noqa: S101  an aggregate always gives one row
    return {"industry_under_two": int(row[0]), "industry_unknown": int(row[1])}


def _faults(screening: Screening) -> dict[str, int]:
    kinds = Counter(screening.registry.faults.column("kind").to_pylist())
    return {str(kind): kinds[kind] for kind in sorted(kinds)}


def _standard(screening: Screening) -> dict[str, Any]:
    standard = screening.standard
    prints = standard.fingerprint.split("+")
    return {
        "packs": [
            {"id": p.id, "version": p.version, "fingerprint": f, "draft": p.draft}
            for p, f in zip(standard.packs, prints, strict=True)
        ],
        "params": {p.param.name: param_in_force(p) for p in standard.params},
    }


def param_in_force(item: ParamInForce) -> dict[str, Any]:
    """Return a parameter's value on the day with its document and how sure it is."""
    told: dict[str, Any] = {"value": _plain(item.value)}
    if item.given:
        told["given"] = True
    elif item.source is None:
        told["unknown"] = True
    else:
        told["document"] = item.source.reference.document
        if item.source.region:
            told["region"] = item.source.region
        if item.doubtful:
            told["doubtful"] = True
    return told


def _plain(value: Any) -> Any:
    if value is UNKNOWN:
        return None
    if isinstance(value, Fraction):
        return int(value) if value.denominator == 1 else float(value)
    return value.isoformat() if isinstance(value, date) else value
