"""Judge a county by its self-check: the whole chain, from two files to decisions."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import pyarrow as pa

from xiuhua.core.intake.sources import InputFile
from xiuhua.core.packs import load_pack
from xiuhua.core.screening.run import DEFAULT_PACK, DEFAULT_VILLAGE_PACK, Screening
from xiuhua.core.screening.run import screen as screen_registry
from xiuhua.core.standards.resolver import Standard, check_given
from xiuhua.core.truth import UNKNOWN
from xiuhua.core.verification.basis import Basis, drawn_basis, plain_basis
from xiuhua.core.verification.drawn import DrawnSample, read_drawn
from xiuhua.core.verification.findings import FINDING_OF, Checked, Kind
from xiuhua.core.verification.held import Held, held_against
from xiuhua.core.verification.judging import CountyJudge, Judgement
from xiuhua.core.verification.rates import (
    CountyTotals,
    Readings,
    Reckoned,
    counts_now,
    is_upheld,
    reckon,
    terms_of,
)
from xiuhua.core.verification.reading import (
    LEVEL,
    SelfCheck,
    fault_of,
    fault_table,
    read_self_check,
)


DEFAULT_COUNTY_PACK: Final = "county_exit"
# The totals of a region by the column that holds them.
_OF_REGION: Final = {
    "registered": "persons",
    "exited": "exited_persons",
    "remaining": "remaining_persons",
    "exited_households": "exited_households",
    "remaining_households": "remaining_households",
}
Choice = Callable[[Checked], bool]


@dataclass(frozen=True)
class Scenario:
    """What the rates would be if more were upheld than has been.

    `rows` are the households added to those upheld.
    """

    name: str
    rows: tuple[Checked, ...]
    reckoned: Reckoned
    judgement: Judgement


@dataclass(frozen=True)
class CountyCheck:
    """A judged county: everything the files and the report are made of."""

    region: str
    as_of: date
    rows: tuple[Checked, ...]
    self_check: SelfCheck
    faults: pa.Table
    basis: Basis
    totals: CountyTotals
    judge: CountyJudge
    reckoned: Reckoned
    judgement: Judgement
    scenarios: tuple[Scenario, ...]
    held: tuple[Held, ...]
    household_standard: Standard
    registry_inputs: tuple[InputFile, ...]
    registry_villages: int

    @property
    def standard(self) -> Standard:
        """The county's standard in force."""
        return self.judge.standard


def judge_county(
    self_check: Path,
    registry: Path,
    *,
    region: str,
    as_of: date,
    pack: str = DEFAULT_COUNTY_PACK,
    household_pack: str = DEFAULT_PACK,
    village_pack: str = DEFAULT_VILLAGE_PACK,
    params: Mapping[str, Any] | None = None,
    design: Path | None = None,
    rural_population: int | None = None,
    progress: Callable[[str], None] | None = None,
) -> CountyCheck:
    """Read a self-check and a registry, estimate the rates and judge the county.

    `design` names what `xiuhua sample draw` wrote; without it villages are taken as
    clusters. `rural_population` is needed only where it is the denominator; no registry
    holds it. `params` are values given by the user, for any of the packs.

    Raises:
        XiuhuaError: when a file, a pack, the date or a parameter is not right.
    """
    given = dict(params or {})
    county_pack = load_pack(pack)
    below = [load_pack(household_pack), load_pack(village_pack)]
    check_given([county_pack, *below], given)
    judge = CountyJudge(county_pack, as_of=as_of, region=region, given=given)
    sample = read_drawn(design) if design is not None else None
    with tempfile.TemporaryDirectory(prefix="xiuhua-") as work:
        read = read_self_check(self_check, region=region, work_dir=Path(work) / LEVEL)
    known = {name for p in below for name in p.params}
    with screen_registry(
        registry,
        region=region,
        as_of=as_of,
        pack=household_pack,
        village_pack=village_pack,
        params={k: v for k, v in given.items() if k in known},
        progress=progress,
    ) as screening:
        totals = _totals(screening, read.rows, rural_population)
        return _judged(read, screening, judge, sample, totals)


def _judged(
    read: SelfCheck,
    screening: Screening,
    judge: CountyJudge,
    sample: DrawnSample | None,
    totals: CountyTotals,
) -> CountyCheck:
    villages = _villages(screening)
    if sample is None:
        rows, basis = read.rows, plain_basis(read.rows, villages)
    else:
        basis, rows = drawn_basis(read.rows, sample)
    held = held_against(screening, rows)
    found = _Reckoner(basis, totals, judge)
    reckoned, judgement = found.reckon()
    faults = [*_registry_faults(screening, rows), *_draw_faults(rows)]
    return CountyCheck(
        region=screening.standard.region,
        as_of=screening.standard.as_of,
        rows=tuple(rows),
        self_check=read,
        faults=pa.concat_tables([read.faults, fault_table(faults)]),
        basis=basis,
        totals=totals,
        judge=judge,
        reckoned=reckoned,
        judgement=judgement,
        scenarios=tuple(found.scenarios(rows, held)),
        held=held,
        household_standard=screening.standard,
        registry_inputs=screening.registry.inputs,
        registry_villages=len(villages),
    )


class _Reckoner:
    """Reckons and judges the rates on any set of findings."""

    def __init__(self, basis: Basis, totals: CountyTotals, judge: CountyJudge):
        self._basis, self._totals, self._judge = basis, totals, judge
        self._terms = terms_of(
            judge.level, judge.design_effect, weighted=basis.weighted
        )
        self._readings = Readings(
            str(judge.param("missed_denominator").value),
            str(judge.param("incidence_denominator").value),
        )

    def reckon(
        self, upheld: Choice = is_upheld, counted: Choice = counts_now
    ) -> tuple[Reckoned, Judgement]:
        found = reckon(
            self._basis,
            self._totals,
            self._readings,
            self._terms,
            upheld=upheld,
            counted=counted,
        )
        weighted = self._basis.weighted
        return found, self._judge.judge(found, self._totals, weighted=weighted)

    def scenarios(
        self, rows: Sequence[Checked], held: Sequence[Held]
    ) -> list[Scenario]:
        """What would be if the open findings, or the registry's, were upheld.

        The last one takes every household without a conclusion as found wrong: the
        worst that what is missing could hide.
        """
        unmet = [h.row for h in held if h.verdict == "unmet"]
        added = {
            "suspected": [row for row in rows if row.counts and row.is_open],
            "registry_unmet": unmet,
            "registry_unmet_or_unknown": [h.row for h in held],
            "not_concluded": [row for row in rows if _could_be_found(row)],
        }
        return [self._scenario(name, found) for name, found in added.items()]

    def _scenario(self, name: str, added: Sequence[Checked]) -> Scenario:
        keys = {row.key for row in added}
        reckoned, judgement = self.reckon(
            upheld=lambda row: row.is_upheld or row.key in keys,
            counted=lambda row: row.counts or row.key in keys,
        )
        return Scenario(name, tuple(added), reckoned, judgement)


def _could_be_found(row: Checked) -> bool:
    return row.left_out == "finding_unknown" and row.kind in FINDING_OF


def _villages(screening: Screening) -> tuple[str, ...]:
    rows = screening.results.execute("SELECT village_code FROM village").fetchall()
    return tuple(sorted(row[0] for row in rows))


def _totals(
    screening: Screening, rows: Sequence[Checked], rural: int | None
) -> CountyTotals:
    """Return the region's persons by its registry.

    The population is unknown when a village has none: a sum over the others would be
    too small.
    """
    ask = screening.results.execute
    columns = ", ".join(_OF_REGION.values())
    region = ask(
        f"SELECT {columns} FROM regions WHERE region = ?",  # noqa: S608  own names
        [screening.standard.region],
    ).fetchone() or (0, 0, 0, 0, 0)
    people = dict(
        ask(
            "SELECT village_code, agricultural_population FROM village"
            if _has(screening, "agricultural_population")
            else "SELECT village_code, NULL FROM village"
        ).fetchall()
    )
    checked = {row.village for row in rows if row.kind is Kind.UNREGISTERED}
    inside = dict(
        ask("SELECT region, persons FROM regions WHERE length(region) = 12").fetchall()
    )
    around = _sum(people, checked)
    listed = sum(int(inside.get(code) or 0) for code in checked)
    return CountyTotals(
        **dict(zip(_OF_REGION, (int(value or 0) for value in region), strict=True)),
        agricultural=_sum(people, people),
        rural=UNKNOWN if rural is None else rural,
        unregistered_in_villages=UNKNOWN if around is UNKNOWN else around - listed,
    )


def _has(screening: Screening, column: str) -> bool:
    columns = screening.results.execute("DESCRIBE village").fetchall()
    return column in {row[0] for row in columns}


def _sum(people: Mapping[str, int | None], villages: Any) -> Any:
    found = [people.get(code) for code in villages]
    return UNKNOWN if not found or None in found else sum(v for v in found if v)


def _registry_faults(
    screening: Screening, rows: Sequence[Checked]
) -> list[dict[str, Any]]:
    """Households checked as exited that the registry does not know as such."""
    status = dict(
        screening.results.execute(
            "SELECT household_id, exit_status FROM verdicts"
        ).fetchall()
    )
    faults = []
    for row in rows:
        if row.kind is not Kind.EXITED or row.left_out == "outside_region":
            continue
        if row.household_id not in status:
            kind = "checked_not_registered"
        elif status[row.household_id] not in (None, "exited"):
            kind = "checked_status_differs"
        else:
            continue
        value = row.household_id
        faults.append(fault_of(row, kind, "household_id", column="户编号", value=value))
    return faults


def _draw_faults(rows: Sequence[Checked]) -> list[dict[str, Any]]:
    return [
        fault_of(
            row,
            "checked_not_drawn",
            "household_id",
            column="户编号",
            value=row.household_id,
        )
        for row in rows
        if row.left_out == "not_drawn"
    ]
