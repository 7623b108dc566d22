"""`xiuhua check`: the faults of a registry alone, cell by cell."""

from __future__ import annotations

import tempfile
from collections import Counter
from datetime import date
from pathlib import Path

import click

from xiuhua.cli.language import LANGUAGE, lang_option, say
from xiuhua.cli.options import DayType, RegionType, registry_argument, show_progress
from xiuhua.core.intake.read import Registry, read_registry
from xiuhua.core.intake.wording import worded
from xiuhua.core.screening.files import write_faults


SHOWN = 20


@click.command(
    "check",
    help=say(
        "Find the faults of REGISTRY: sheet, row, column, what is wrong, what to do."
    ),
)
@registry_argument
@click.option(
    "--region", type=RegionType(), help=say("Rows outside this region are faults.")
)
@click.option("--as-of", type=DayType(), help=say("Day on which ages are counted."))
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help=say("Write all faults to this CSV file."),
)
@lang_option
def check(
    registry: Path, region: str | None, as_of: date | None, out: Path | None
) -> None:
    """Find the faults of a registry."""
    with tempfile.TemporaryDirectory(prefix="xiuhua-") as work:
        found = read_registry(
            registry,
            region=region,
            as_of=as_of,
            work_dir=Path(work),
            progress=lambda what, done, of: show_progress(f"{what} {done}/{of}"),
        )
        if out is not None:
            write_faults(found.faults, out, LANGUAGE)
        for line in _told(found, out):
            click.echo(line)


def _told(found: Registry, out: Path | None) -> list[str]:
    rows = worded(found.faults, LANGUAGE).to_pylist()
    lines = []
    for row in rows[: None if out is None else SHOWN]:
        place = " ".join(str(row[k]) for k in ("sheet", "row", "column") if row[k])
        value = f" [{row['value']}]" if row["value"] else ""
        lines.append(f"{place}{value}: {row['problem']}; {row['remedy']}")
    if out is not None and len(rows) > SHOWN:
        lines.append(
            say("… and {count} more in {out}").format(count=len(rows) - SHOWN, out=out)
        )
    for kind, count in sorted(Counter(r["kind"] for r in rows).items()):
        lines.append(f"{kind}: {count}")
    lines.append(say("Faults in the data: {count}").format(count=len(rows)))
    return lines
