"""The summary of a judged county as plain data: rates, decisions, what it rests on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any, Final

from xiuhua.core.intake.sources import InputFile
from xiuhua.core.screening.summary import param_in_force, versions
from xiuhua.core.standards.resolver import Standard
from xiuhua.core.survey.figures import Figure, NoFigure
from xiuhua.core.survey.rates import Rate
from xiuhua.core.truth import UNKNOWN
from xiuhua.core.verification.basis import Basis
from xiuhua.core.verification.findings import Checked, Finding, Kind, Stage
from xiuhua.core.verification.judging import Decided, Judgement
from xiuhua.core.verification.rates import RATES, CountyTotals, Reckoned
from xiuhua.core.verification.run import CountyCheck, Scenario


RATE_COLUMNS: Final = (
    "rate",
    "numerator",
    "denominator",
    "estimate",
    "lower",
    "upper",
    "method",
    "n",
    "psus",
    "df",
    "deff",
    "threshold",
    "decision_by_point",
    "decision_by_bound",
    "binding",
)


def rate_rows(reckoned: Reckoned, judgement: Judgement) -> list[dict[str, Any]]:
    """Return one row per rate with the columns RATE_COLUMNS; None is no figure.

    `n` counts households whatever the rate counts; `binding` is empty for a rate that
    does not bind.
    """
    return [
        _rate_row(name, reckoned.rates[name], judgement.rates[name]) for name in RATES
    ]


def _rate_row(name: str, rate: Rate, decided: Decided) -> dict[str, Any]:
    found = rate.estimate
    interval = found.interval
    ends: tuple[float | None, float | None] = (None, None)
    if not isinstance(interval, NoFigure):
        ends = interval.lower, interval.upper
    limit = decided.limit.value
    values = (
        name,
        whole(rate.numerator),
        whole(rate.denominator),
        _number(found.estimate),
        *ends,
        found.method,
        found.n,
        found.psus,
        found.df,
        _number(found.deff),
        float(limit) if isinstance(limit, Fraction | int) else None,
        decided.by_point.value,
        decided.by_bound.value,
        decided.binding.value if decided.binding else None,
    )
    return dict(zip(RATE_COLUMNS, values, strict=True))


def whole(value: Figure) -> float | int | None:
    """Return a count as a whole number where it is one."""
    if isinstance(value, NoFigure) or value != value:
        return None
    return int(value) if value == int(value) else value


def _number(value: Figure) -> float | None:
    return None if isinstance(value, NoFigure) else value


def summary(check: CountyCheck) -> dict[str, Any]:
    """Return the summary as plain data, ready for JSON."""
    standard = check.standard
    return {
        "heading": "indicative" if not check.basis.weighted else "design_based",
        "region": check.region,
        "as_of": check.as_of.isoformat(),
        "self_check": self_check(check),
        "registry": _registry(check.totals),
        "rates": rate_rows(check.reckoned, check.judgement),
        "decision": _overall(check.judgement),
        "findings": stages(check.rows),
        "left_out": _left_out(check.rows),
        "what_if": {s.name: _scenario(s) for s in check.scenarios},
        "held_against_registry": _held(check),
        "basis": _basis(check),
        "not_covered": [
            {
                "group": gap.group,
                "reason": gap.reason,
                "households": None if gap.households is UNKNOWN else gap.households,
                "villages": gap.villages or None,
            }
            for gap in check.basis.not_covered
        ],
        "standard": _standard(standard),
        "household_standard": _standard(check.household_standard),
        "inputs": {
            "self_check": _inputs(check.self_check.inputs),
            "registry": _inputs(check.registry_inputs),
        },
        "ignored_columns": [
            {"file": c.file, "sheet": c.sheet, "column": c.header}
            for c in check.self_check.ignored_columns
        ],
        "faults": _tally(check.faults.column("kind").to_pylist()),
        "versions": versions(),
    }


def self_check(check: CountyCheck) -> dict[str, Any]:
    """Return the counts of a self-check and the rates they give, unweighted.

    Households count once each; a row that stands twice or lies elsewhere does not.
    """
    rows = _rows_of_sample(check.rows)
    counts, totals = check.reckoned.counts, check.totals
    approval = _quotient(counts.approving, counts.asked)
    wrong = _quotient(counts.wrong_exit_persons, counts.exited_persons)
    missed = _quotient(counts.missed_persons, counts.unregistered_persons)
    found = counts.wrong_exit_persons + counts.missed_persons
    return {
        **households_and_persons(rows),
        "exited": households_and_persons(_of_kind(rows, Kind.EXITED)),
        "ordinary": households_and_persons(_of_kind(rows, Kind.UNREGISTERED)),
        "wrong_exit_persons": counts.wrong_exit_persons,
        "missed_persons": counts.missed_persons,
        "wrong_exit_rate": _float(wrong),
        "missed_rate": _float(missed),
        "approval_households": counts.approving,
        "approval_rate": _float(approval),
        # A tie goes to the even digit: 93.25 % is 93.2 %.
        "approval_percent_1dp": None
        if approval is None
        else float(round(approval * 100, 1)),
        "comprehensive_incidence_raw": None
        if wrong is None or missed is None
        else _float(_raw(totals, found)),
        "comprehensive_incidence_extrapolated": _float(
            _extrapolated(totals, wrong, missed)
        ),
        "unregistered_persons": None
        if totals.unregistered is UNKNOWN
        else totals.unregistered,
    }


def households_and_persons(rows: Sequence[Checked]) -> dict[str, int]:
    """Return how many households and persons stand in some rows."""
    persons = sum(row.persons for row in rows if row.persons is not UNKNOWN)
    return {"households": len(rows), "persons": persons}


def _rows_of_sample(rows: Iterable[Checked]) -> list[Checked]:
    excluded = ("duplicate", "outside_region", "not_drawn")
    return [row for row in rows if row.left_out not in excluded]


def _of_kind(rows: Iterable[Checked], kind: Kind) -> list[Checked]:
    return [row for row in rows if row.kind is kind]


def _quotient(above: int, below: int) -> Fraction | None:
    return Fraction(above, below) if below else None


def _float(value: Fraction | None) -> float | None:
    return None if value is None else float(value)


def _raw(totals: CountyTotals, found: int) -> Fraction | None:
    if totals.agricultural is UNKNOWN:
        return None
    return _quotient(totals.remaining + found, totals.agricultural)


def _extrapolated(
    totals: CountyTotals, wrong: Fraction | None, missed: Fraction | None
) -> Fraction | None:
    people, others = totals.agricultural, totals.unregistered
    if people is UNKNOWN or others is UNKNOWN or not people:
        return None
    if wrong is None or missed is None:
        return None
    return (totals.remaining + wrong * totals.exited + missed * others) / people


def stages(rows: Iterable[Checked]) -> dict[str, dict[str, dict[str, int]]]:
    """Return households and persons by finding and stage."""
    counted = [row for row in rows if row.counts]
    return {
        finding.value: {
            stage.value: households_and_persons(
                [r for r in counted if r.finding is finding and r.stage is stage]
            )
            for stage in Stage
        }
        for finding in (Finding.WRONG_EXIT, Finding.MISSED)
    }


def _left_out(rows: Iterable[Checked]) -> dict[str, int]:
    return _tally([row.left_out for row in rows if row.left_out])


def _tally(words: Iterable[str]) -> dict[str, int]:
    found = Counter(words)
    return {word: found[word] for word in sorted(found)}


def _overall(judgement: Judgement) -> dict[str, str]:
    return {
        "by_point": judgement.by_point.value,
        "by_bound": judgement.by_bound.value,
        "binding": judgement.binding.value,
    }


def _scenario(scenario: Scenario) -> dict[str, Any]:
    return {
        "added": households_and_persons(scenario.rows),
        "rates": {
            row["rate"]: {
                key: row[key] for key in ("numerator", "estimate", "decision_by_point")
            }
            for row in rate_rows(scenario.reckoned, scenario.judgement)
        },
        "decision": _overall(scenario.judgement),
    }


def _held(check: CountyCheck) -> dict[str, Any]:
    by_verdict = {
        verdict: [h for h in check.held if h.verdict == verdict]
        for verdict in ("unmet", "unknown")
    }
    return {
        **{
            verdict: households_and_persons([h.row for h in held])
            for verdict, held in by_verdict.items()
        },
        "unmet_by_indicator": _tally(i for h in check.held for i in h.unmet),
        "unknown_by_indicator": _tally(i for h in check.held for i in h.unknown),
        "unknown_for_a_parameter_only": sum(h.parameter_only for h in check.held),
    }


def _basis(check: CountyCheck) -> dict[str, Any]:
    basis: Basis = check.basis
    told: dict[str, Any] = {
        "design_file": basis.weighted,
        "clusters": "villages",
        "confidence_level": check.judge.level,
        "assumed_design_effect": check.judge.design_effect,
        "villages": check.registry_villages,
        "villages_checked": len({u.village for u in basis.units if u is not None}),
    }
    if basis.sample is not None:
        told |= {
            "design": basis.sample.name,
            "design_sha256": basis.sample.design_sha256,
            "frame_sha256": basis.sample.frame_sha256,
            "public_number": basis.sample.seed,
            "households_drawn": basis.drawn,
            "households_drawn_and_checked": basis.answered,
        }
    return told


def _registry(totals: CountyTotals) -> dict[str, Any]:
    return {
        "registered_persons": totals.registered,
        "exited_households": totals.exited_households,
        "exited_persons": totals.exited,
        "remaining_households": totals.remaining_households,
        "remaining_persons": totals.remaining,
        "agricultural_population": None
        if totals.agricultural is UNKNOWN
        else totals.agricultural,
    }


def _standard(standard: Standard) -> dict[str, Any]:
    prints = standard.fingerprint.split("+")
    return {
        "packs": [
            {"id": p.id, "version": p.version, "fingerprint": f, "draft": p.draft}
            for p, f in zip(standard.packs, prints, strict=True)
        ],
        "params": {p.param.name: param_in_force(p) for p in standard.params},
    }


def _inputs(files: Iterable[InputFile]) -> list[Mapping[str, Any]]:
    return [{"name": f.name, "sha256": f.sha256, "bytes": f.bytes} for f in files]
