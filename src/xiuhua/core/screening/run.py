"""Screen a registry: three lines of Python, or the command `xiuhua screen`.

>>> from xiuhua.core.screening.run import screen
>>> with screen("tests/cases/county-2019/registry.xlsx", region="239906",
...             as_of="2019-11-22", params={"water_area": "short"}) as county:
...     county.tally("all")["safe_housing"]
{'met': 4051, 'unmet': 146, 'unknown': 9}
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Any, Final

import duckdb
import pyarrow as pa

from xiuhua.core.engines.base import Engine
from xiuhua.core.engines.duckdb import DuckDBEngine
from xiuhua.core.errors import XiuhuaError
from xiuhua.core.evaluate import Evaluation, evaluate
from xiuhua.core.intake.read import Registry, read_registry
from xiuhua.core.packs import load_pack, open_packs
from xiuhua.core.screening.database import open_results
from xiuhua.core.standards.binder import OVERALL
from xiuhua.core.standards.resolver import Standard, check_given, join, resolve
from xiuhua.core.truth import Verdict


DEFAULT_PACK: Final = "household_exit"
DEFAULT_VILLAGE_PACK: Final = "village_exit_heilongjiang"
GROUPS: Final = {
    "all": "TRUE",
    "exited": "exit_status = 'exited'",
    "remaining": "exit_status = 'not_exited'",
}
# The order words are counted in everywhere.
WORDS: Final = (Verdict.MET, Verdict.UNMET, Verdict.UNKNOWN, Verdict.NOT_APPLICABLE)

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Screening:
    """A judged registry: the tables read, the standard in force, the results.

    A context manager: leaving it removes the working files.
    """

    registry: Registry
    standard: Standard
    evaluation: Evaluation
    engine: str
    work_dir: Path
    results: duckdb.DuckDBPyConnection

    def __enter__(self) -> Screening:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the results and remove the working files."""
        self.results.close()
        shutil.rmtree(self.work_dir, ignore_errors=True)

    @property
    def verdicts(self) -> pa.Table:
        """One row per household: a word per indicator, overall and the results."""
        return self.results.sql("SELECT * FROM verdicts").to_arrow_table()

    def indicators(self, level: str) -> list[str]:
        """Return the indicators shown at a level, `overall` last."""
        return [*(i.id for i in self.standard.shown_at(level)), OVERALL]

    def tally(self, group: str) -> dict[str, dict[str, int]]:
        """Return how many households have each verdict, words that occur only.

        `group` is all, exited or remaining.
        """
        return self._tally("verdicts", self.indicators("household"), GROUPS[group])

    def village_tally(self) -> dict[str, dict[str, int]]:
        """Return how many villages have each verdict, words that occur only."""
        return self._tally("villages", self.indicators("village"), "TRUE")

    def _tally(
        self, table: str, indicators: list[str], condition: str
    ) -> dict[str, dict[str, int]]:
        tally: dict[str, dict[str, int]] = {}
        for name in indicators:
            query = (
                f'SELECT "{name}", COUNT(*) FROM {table} WHERE {condition} GROUP BY 1'
            )
            found = dict(self.results.execute(query).fetchall())
            tally[name] = {v.word: found[v.word] for v in WORDS if v.word in found}
        return tally


def screen(
    source: str | Path,
    *,
    region: str,
    as_of: str | date,
    pack: str = DEFAULT_PACK,
    village_pack: str = DEFAULT_VILLAGE_PACK,
    params: Mapping[str, Any] | None = None,
    packs_dir: Path | None = None,
    engine: Engine | None = None,
    work_dir: Path | None = None,
    progress: Progress | None = None,
) -> Screening:
    """Read a registry and judge every household and village of a region.

    `params` are values given by the user; they replace those of the packs and are on
    record. `packs_dir` is a folder with packs of one's own. `work_dir` is made and
    removed again; by default it lies in the system's folder for temporary files.

    Raises:
        XiuhuaError: when the source, a pack, the date or a parameter is not right.
    """
    day = as_of if isinstance(as_of, date) else date.fromisoformat(as_of)
    standard = standard_in_force(
        pack,
        village_pack,
        as_of=day,
        region=region,
        params=params or {},
        packs_dir=packs_dir,
    )
    say = progress or (lambda text: None)
    work = work_dir or Path(tempfile.mkdtemp(prefix="xiuhua-"))
    runner = engine or DuckDBEngine()
    try:
        registry = read_registry(
            Path(source),
            region=region,
            work_dir=work / "registry",
            as_of=day,
            progress=lambda what, done, of: say(f"{what} {done}/{of}"),
        )
        tables = {
            "household": registry.household,
            "person": registry.person,
            "village": registry.village,
        }
        evaluation = evaluate(
            standard, tables, engine=runner, out=work / "results", progress=say
        )
        results = open_results(standard, evaluation, registry)
    except BaseException:
        shutil.rmtree(work, ignore_errors=True)
        raise
    return Screening(registry, standard, evaluation, runner.name, work, results)


class PackUnfit(XiuhuaError):
    """The pack judges another level than the one it is asked to judge."""

    code = "screening.pack_unfit"


def standard_in_force(
    pack: str,
    village_pack: str,
    *,
    as_of: date,
    region: str,
    params: Mapping[str, Any],
    packs_dir: Path | None = None,
) -> Standard:
    """Return household and village standard, to be judged in one pass.

    Raises:
        XiuhuaError: when a pack, the date or a parameter is not right.
    """
    reader = open_packs(packs_dir)
    packs = [load_pack(pack, reader), load_pack(village_pack, reader)]
    for wanted, found in zip(("household", "village"), packs, strict=True):
        if found.unit != wanted:
            raise PackUnfit(
                "the pack {pack} judges the level {found}, not {wanted}",
                pack=found.id,
                found=found.unit,
                wanted=wanted,
            )
    check_given(packs, params)
    first, second = (
        resolve(
            p,
            as_of=as_of,
            region=region,
            given={k: v for k, v in params.items() if k in p.params},
        )
        for p in packs
    )
    return join(first, second)
