"""Write a population with the list of its planted faults; all files or none."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Final

from xiuhua import __version__
from xiuhua.core.errors import Place, XiuhuaError
from xiuhua.core.synthetic.faults import GAP, Fault
from xiuhua.core.synthetic.population import Recipe, person_count, population
from xiuhua.core.synthetic.writers import (
    NOTICE,
    WORKBOOK_ROWS,
    WRITERS,
    WorkbookTooLong,
)


FAULTS_FILE: Final = "planted-faults.csv"
GAPS_FILE: Final = "planted-gaps.csv"
README_FILE: Final = "README.txt"


class OutputNotEmpty(XiuhuaError):
    """The folder to write to already holds something."""

    code = "synthetic.output_not_empty"


def write_population(
    recipe: Recipe,
    folder: Path,
    form: str,
    progress: Callable[[int], None] = lambda households: None,
) -> None:
    """Write the population of a recipe to a new or empty folder.

    `form` is a key of `WRITERS`; `progress` is told the households of each county
    when it is written. Nothing is left behind when writing fails.

    Raises:
        OutputNotEmpty: when the folder holds anything.
        WorkbookTooLong: when the persons do not fit on a sheet.
    """
    _check_empty(folder)
    if form == "xlsx" and person_count(recipe) * 1.01 >= WORKBOOK_ROWS:
        raise WorkbookTooLong(
            "{count} persons do not fit on a sheet",
            count=person_count(recipe),
            hint="choose fewer households, or csv or parquet",
        )
    folder.mkdir(parents=True, exist_ok=True)
    try:
        _write(recipe, folder, form, progress)
    except BaseException:
        shutil.rmtree(folder)
        raise


def _check_empty(folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise OutputNotEmpty(
            "the folder to write to is not empty",
            where=Place(str(folder)),
            hint="name a new folder, or remove this one",
        )


def _write(
    recipe: Recipe, folder: Path, form: str, progress: Callable[[int], None]
) -> None:
    writer = WRITERS[form](folder)
    with (
        (folder / FAULTS_FILE).open("w", encoding="utf-8", newline="") as faults_file,
        (folder / GAPS_FILE).open("w", encoding="utf-8", newline="") as gaps_file,
    ):
        faults = csv.writer(faults_file, lineterminator="\n")
        gaps = csv.writer(gaps_file, lineterminator="\n")
        faults.writerow(["kind", "household_id", "person_id"])
        gaps.writerow(["household_id", "person_id", "field"])
        for tables in population(recipe):
            writer.write(tables)
            faults.writerows(_fault_rows(tables.faults))
            gaps.writerows(_gap_rows(tables.faults))
            progress(tables.county.households)
    writer.close()
    # Last: a folder with this file is whole.
    (folder / README_FILE).write_text(_readme(recipe), encoding="utf-8")


def _fault_rows(faults: list[Fault]) -> list[tuple[str, str, str]]:
    return sorted(
        (f.kind, f.household_id, f.person_id) for f in faults if f.kind != GAP
    )


def _gap_rows(faults: list[Fault]) -> list[tuple[str, str, str]]:
    return sorted(
        (f.household_id, f.person_id, f.field) for f in faults if f.kind == GAP
    )


def _readme(recipe: Recipe) -> str:
    return f"""{NOTICE}

xiuhua {__version__} synth
households: {recipe.households}
seed: {recipe.seed}
region: {recipe.region}
style: {recipe.style}
faults: {recipe.faults} (每类差错占户数的比例 / rate of each kind per household)
as of: {recipe.as_of} (年龄计算日期 / the date ages are meant for)

{FAULTS_FILE}: 有意设置的差错 / faults planted on purpose
{GAPS_FILE}: 有意留空的单元格 / cells emptied on purpose
"""
