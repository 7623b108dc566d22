"""`xiuhua screen`: judge a registry and write verdicts, reasons, lists and summary."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from xiuhua.cli.language import LANGUAGE, say
from xiuhua.cli.options import (
    end_progress,
    parsed_params,
    registry_argument,
    show_progress,
    standard_options,
)
from xiuhua.core.engines.registry import ENGINE_NAMES, open_engine
from xiuhua.core.screening.files import write_files
from xiuhua.core.screening.report.write import REPORT, report_writer
from xiuhua.core.screening.run import Screening
from xiuhua.core.screening.run import screen as run_screening


@click.command(
    "screen",
    help=say(
        "Judge every household and village of REGISTRY: a workbook with the sheets "
        "户, 人 and 村, exports of the national system, or a folder of CSV or "
        "Parquet files of those names."
    ),
)
@registry_argument
@standard_options
@click.option(
    "--engine",
    type=click.Choice(list(ENGINE_NAMES)),
    default="duckdb",
    show_default=True,
    help=say("What computes; all give the same results."),
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help=say("Folder for the results; made when it does not exist."),
)
def screen(
    registry: Path,
    pack: str,
    village_pack: str,
    region: str,
    as_of: date,
    params: tuple[str, ...],
    packs_dir: Path | None,
    engine: str,
    out: Path,
) -> None:
    """Judge a registry and write the results."""
    with run_screening(
        registry,
        region=region,
        as_of=as_of,
        pack=pack,
        village_pack=village_pack,
        params=parsed_params(params),
        packs_dir=packs_dir,
        engine=open_engine(engine),
        progress=show_progress,
    ) as county:
        report = report_writer(LANGUAGE, show_progress)
        write_files(
            county, out, language=LANGUAGE, progress=show_progress, extra=[report]
        )
        end_progress()
        for line in told(county, out):
            click.echo(line)


def told(county: Screening, out: Path) -> list[str]:
    """Return the few lines a person reads after a run."""
    lines = [_heading(county), ""]
    lines += _table(county) or [_nobody(county)]
    unknown = [p.param.label.in_(LANGUAGE) for p in county.standard.params if _open(p)]
    if unknown:
        text = say("Parameters without a value (judged as unknown): {names}")
        lines += ["", text.format(names="、".join(unknown))]
    faults = county.registry.faults.num_rows
    lines += ["", say("Faults in the data: {count}").format(count=faults)]
    for column in county.registry.ignored_columns:
        text = say("Column not understood: {sheet} {column}")
        lines.append(text.format(sheet=column.sheet, column=column.header))
    lines += [say("Results: {out}").format(out=out)]
    lines += [say("To hand on: {file}").format(file=out / REPORT)]
    return lines


def _open(param: object) -> bool:
    return getattr(param, "source", None) is None and not getattr(param, "given", False)


def _heading(county: Screening) -> str:
    titles = " + ".join(p.title.in_(LANGUAGE) for p in county.standard.packs)
    text = say("{region}, as of {day}: {titles}")
    return text.format(
        region=county.standard.region, day=county.standard.as_of, titles=titles
    )


def _nobody(county: Screening) -> str:
    text = say("No household of the registry belongs to {region}; is the code right?")
    return "  " + text.format(region=county.standard.region)


def _table(county: Screening) -> list[str]:
    labels = {i.id: i.label.in_(LANGUAGE) for i in county.standard.indicators}
    rows = []
    for name, words in county.tally("all").items():
        label = labels.get(name, say("overall"))
        counts = ", ".join(f"{say(word)} {count}" for word, count in words.items())
        if counts:
            rows.append(f"  {label}: {counts}")
    return rows
