"""`xiuhua estimate`: judge a county by its self-check, three rates and one degree."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from xiuhua.cli.language import LANGUAGE, lang_option, say
from xiuhua.cli.options import (
    DayType,
    RegionType,
    end_progress,
    parsed_params,
    show_progress,
)
from xiuhua.core.screening.run import DEFAULT_PACK
from xiuhua.core.verification.files import write_county
from xiuhua.core.verification.report import NO_PDF_HINT, has_typesetter, report_writers
from xiuhua.core.verification.run import DEFAULT_COUNTY_PACK, CountyCheck, judge_county
from xiuhua.core.verification.statement import Statement


_PATH = click.Path(path_type=Path)


@click.command(
    "estimate",
    help=say(
        "Judge a county by SELFCHECK, a workbook with the sheet 样本: wrong-exit rate, "
        "missed rate, comprehensive incidence and approval, with intervals and "
        "decisions, and the registry held against what was found."
    ),
)
@click.argument("selfcheck", type=_PATH)
@click.option(
    "--registry",
    type=_PATH,
    required=True,
    help=say("The registry: a workbook, or a folder of tables."),
)
@click.option(
    "--pack",
    default=DEFAULT_COUNTY_PACK,
    show_default=True,
    help=say("Standard the county is judged by."),
)
@click.option(
    "--household-pack",
    default=DEFAULT_PACK,
    show_default=True,
    help=say("Standard households of the registry are judged by."),
)
@click.option(
    "--region",
    type=RegionType(),
    required=True,
    help=say("Division code of the region; rows outside it are faults."),
)
@click.option(
    "--as-of",
    type=DayType(),
    required=True,
    help=say("Day of judgement, such as 2019-11-22."),
)
@click.option(
    "--design",
    type=_PATH,
    help=say(
        "What `xiuhua sample draw` wrote, for estimates with its weights; without it "
        "villages are clusters and the result is indicative."
    ),
)
@click.option(
    "--rural-population",
    type=click.IntRange(min=1),
    help=say("Needed only with --param incidence_denominator=rural."),
)
@click.option(
    "--param",
    "params",
    multiple=True,
    metavar="NAME=VALUE",
    help=say("Give a parameter of the standard; on record as given."),
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help=say("Folder for the results; made when it does not exist."),
)
@lang_option
def estimate(
    selfcheck: Path,
    registry: Path,
    pack: str,
    household_pack: str,
    region: str,
    as_of: date,
    design: Path | None,
    rural_population: int | None,
    params: tuple[str, ...],
    out: Path,
) -> None:
    """Judge a county by its self-check and write the results."""
    check = judge_county(
        selfcheck,
        registry,
        region=region,
        as_of=as_of,
        pack=pack,
        household_pack=household_pack,
        params=parsed_params(params),
        design=design,
        rural_population=rural_population,
        progress=show_progress,
    )
    write_county(check, out, language=LANGUAGE, extra=report_writers())
    end_progress()
    for line in _told(check, out):
        click.echo(line)


def _told(check: CountyCheck, out: Path) -> list[str]:
    """Return what a person reads after a run: heading, rates, decision, warnings."""
    words = Statement(check, LANGUAGE)
    lines = [words.heading, ""]
    lines += [
        f"  {row.label}: {row.estimate} {row.interval} "
        f"[{row.limit}] {row.by_point} / {row.by_bound}"
        for row in words.rate_rows()
    ]
    lines += ["", words.decision(), *words.not_covered(), words.held_against()]
    faults = check.faults.num_rows
    lines += ["", say("Faults in the data: {count}").format(count=faults)]
    if not has_typesetter():
        lines.append(say(NO_PDF_HINT))
    return [*lines, say("Results: {out}").format(out=out)]
