"""`xiuhua synth`: write a made-up population."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

import click

from xiuhua.cli.language import lang_option, say
from xiuhua.core.synthetic.faults import DEFAULT_RATE
from xiuhua.core.synthetic.files import write_population
from xiuhua.core.synthetic.places import DEFAULT_REGION
from xiuhua.core.synthetic.population import AS_OF, STYLES, Recipe
from xiuhua.core.synthetic.writers import WRITERS


@click.command(
    "synth",
    help=say(
        "Write a made-up population of households, persons and villages. Nobody in it "
        "exists: regions carry codes that were never given, ID numbers begin with 99. "
        "Some records are faulty on purpose; planted-faults.csv lists each of them, "
        "planted-gaps.csv each cell that was emptied. Use it to try things out, to "
        "teach, to measure."
    ),
    epilog="xiuhua synth --households 3500 --region 5299 --format xlsx --out county",
)
@click.option(
    "--households", type=int, required=True, help=say("How many households to make.")
)
@click.option(
    "--seed",
    type=int,
    default=1,
    show_default=True,
    help=say("The same number makes the same people, on every machine."),
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help=say("A new or empty folder."),
)
@click.option(
    "--format",
    "form",
    type=click.Choice(list(WRITERS)),
    default="parquet",
    show_default=True,
    help=say("Typed Parquet, or csv or xlsx with the headers of the template."),
)
@click.option(
    "--region",
    default=DEFAULT_REGION,
    show_default=True,
    help=say("A code of 2, 4 or 6 digits that belongs to no real place."),
)
@click.option(
    "--style",
    type=click.Choice(STYLES),
    default="west",
    show_default=True,
    help=say("How large families are: 4.0, 2.1 or 3.3 persons on average."),
)
@click.option(
    "--faults",
    type=float,
    default=DEFAULT_RATE,
    show_default=True,
    help=say("Rate of each kind of planted fault per household; 0 for none."),
)
@click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    default=AS_OF.isoformat(),
    show_default=True,
    help=say("The date on which the people have the ages they are given."),
)
@lang_option
def synth(
    *,
    households: int,
    seed: int,
    out: Path,
    form: str,
    region: str,
    style: str,
    faults: float,
    as_of: datetime,
) -> None:
    """Write a made-up population."""
    recipe = Recipe(households, seed, region, style, faults, as_of.date())
    with click.progressbar(length=households, label=str(out), file=sys.stderr) as bar:
        write_population(recipe, out, form, bar.update)
