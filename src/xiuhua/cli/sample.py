"""`xiuhua sample`: design, draw and verify a sample in the open."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from xiuhua.cli.frame_files import read_design, read_frame, write_design
from xiuhua.cli.language import LANGUAGE, example, lang_option, paragraphs, say
from xiuhua.cli.sheets import write_csv
from xiuhua.core.survey.designs import plan_decision, size_for_margin
from xiuhua.core.survey.drawing import draw as draw_sample
from xiuhua.core.survey.drawing import expected_sizes, gaps
from xiuhua.core.survey.frames import Gap
from xiuhua.core.survey.manifest import household_row, make_manifest
from xiuhua.core.survey.manifest import verify as verify_manifest
from xiuhua.core.survey.ordinary_list import write_template
from xiuhua.core.survey.plans import preset, presets, with_totals
from xiuhua.core.survey.public_page import announcement, result_page
from xiuhua.core.survey.wording import CHECK_NAMES, REASONS, group_name
from xiuhua.core.truth import UNKNOWN


_FILE = click.Path(exists=True, path_type=Path)
_OUT = click.Path(file_okay=False, path_type=Path)


def _lists(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that name the lists a frame is made of."""
    for declare in (
        click.option("--region", help=say("Only this region, by its division code.")),
        click.option(
            "--ordinary",
            type=_FILE,
            help=say("The list of households that are not registered as poor."),
        ),
        click.option(
            "--registry",
            type=_FILE,
            required=True,
            help=say("The registry: a workbook, or a folder of tables."),
        ),
    ):
        command = declare(command)
    return command


@click.group(
    "sample",
    help=paragraphs(
        say("Draw a sample that nobody can accuse of being picked."),
        say(
            "First the design is made and announced with the hash of the frame; "
            "then a number is formed in public; the draw follows from both, and "
            "anybody can repeat it."
        ),
    ),
)
def sample() -> None:
    """Draw a sample that nobody can accuse of being picked."""


@sample.command(
    "template",
    help=say("Write the empty list of households that are not registered as poor."),
)
@lang_option
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path))
def template(out: Path) -> None:
    """Write the empty list of households that are not registered as poor."""
    write_template(out)
    click.echo(str(out))


@sample.command(
    "presets",
    help=say("List the designs that come with the software, with their sources."),
)
@lang_option
def list_presets() -> None:
    """List the designs that come with the software, with their sources."""
    for name, data in presets().items():
        click.echo(f"{name}\n  {data['source']}\n  {data['choices']}\n")


@sample.command(
    "size",
    help=paragraphs(
        say("Say how many to draw, for a decision or for a precision."),
        example("xiuhua sample size --threshold 0.02 --believed 0.005 --deff 1.5"),
        example("xiuhua sample size --margin 0.01 --rate 0.02 --population 7445"),
    ),
)
@lang_option
@click.option(
    "--threshold", type=float, help=say("The line a rate must stay below, as 0.02.")
)
@click.option(
    "--believed", type=float, help=say("The rate the county is believed to have.")
)
@click.option(
    "--false-met",
    type=float,
    default=0.05,
    show_default=True,
    help=say("Largest chance to declare met a rate that is at the line."),
)
@click.option(
    "--missed-met",
    type=float,
    default=0.20,
    show_default=True,
    help=say("Largest chance not to declare met a rate as good as believed."),
)
@click.option(
    "--margin", type=float, help=say("Or: the wanted half width of the interval.")
)
@click.option(
    "--rate",
    type=float,
    default=0.5,
    show_default=True,
    help=say("The rate expected, with --margin."),
)
@click.option(
    "--level",
    type=float,
    default=0.95,
    show_default=True,
    help=say("The confidence level, with --margin."),
)
@click.option("--population", type=int, help=say("How many there are in all."))
@click.option(
    "--deff",
    type=float,
    default=1.0,
    show_default=True,
    help=say("The design effect: how much clusters inflate the variance."),
)
def size(
    *,
    threshold: float | None,
    believed: float | None,
    false_met: float,
    missed_met: float,
    margin: float | None,
    rate: float,
    level: float,
    population: int | None,
    deff: float,
) -> None:
    """Say how many to draw, for a decision or for a precision."""
    if margin is not None:
        found = size_for_margin(
            rate, margin, population=population, level=level, design_effect=deff
        )
        click.echo(say("sample size: {n}").format(n=-int(-found.finite // 1)))
    elif threshold is not None and believed is not None:
        plan = plan_decision(
            threshold,
            believed,
            false_met=false_met,
            missed_met=missed_met,
            population=population,
            design_effect=deff,
        )
        click.echo(say("sample size: {n}").format(n=plan.n))
        click.echo(
            say("declared met with at most {events} events").format(
                events=plan.most_events
            )
            if deff == 1
            else say("the interval of the estimate decides, by the design effect")
        )
        click.echo(
            say(
                "risks: {false:.2%} to declare it at the line, {missed:.2%} not to"
            ).format(false=plan.risk_of_false_met, missed=plan.risk_of_missed_met)
        )
    else:
        raise click.UsageError(say("give --margin, or --threshold with --believed"))


@sample.command(
    "design",
    help=paragraphs(
        say("Make a design for these lists and the page that announces it."),
        say(
            "Writes design.json and announcement.html. Publish both before any "
            "number is thrown: they hold the hash of the frame, so the lists "
            "cannot change afterwards."
        ),
        example(
            "xiuhua sample design --registry registry.xlsx --ordinary ordinary.xlsx",
            "--preset county_self_check --total exited=900 --out design",
        ),
    ),
)
@lang_option
@_lists
@click.option(
    "--preset",
    "name",
    required=True,
    type=click.Choice(list(presets())),
    help=say("A shipped design; see `xiuhua sample presets`."),
)
@click.option("--poor-villages", type=int, help=say("How many poor villages to draw."))
@click.option(
    "--other-villages", type=int, help=say("How many other villages to draw.")
)
@click.option(
    "--villages", type=int, help=say("How many villages to draw, not by kind.")
)
@click.option(
    "--total",
    "totals",
    multiple=True,
    metavar="TAKE=N",
    help=say("Draw this many in one of the takes; may be given several times."),
)
@click.option("--out", type=_OUT, required=True, help=say("A folder for the design."))
def design(
    *,
    registry: Path,
    ordinary: Path | None,
    region: str | None,
    name: str,
    poor_villages: int | None,
    other_villages: int | None,
    villages: int | None,
    totals: tuple[str, ...],
    out: Path,
) -> None:
    """Make a design for these lists and the page that announces it."""
    numbers = {"all": villages} if villages else None
    if poor_villages is not None or other_villages is not None:
        numbers = {"poor": poor_villages or 0, "other": other_villages or 0}
    plan = with_totals(preset(name, villages=numbers), _totals(totals))
    frame = read_frame(registry, ordinary, region)
    out.mkdir(parents=True, exist_ok=True)
    write_design(out / "design.json", frame, plan)
    (out / "announcement.html").write_text(announcement(frame, plan), "utf-8")
    click.echo(say("hash of the frame: {value}").format(value=frame.sha256))
    click.echo(say("hash of the design: {value}").format(value=plan.sha256))
    for take, expected in expected_sizes(frame, plan).items():
        label = group_name(take, LANGUAGE)
        click.echo(
            say("{take}: {n} households expected").format(take=label, n=round(expected))
        )
    _warn_of_shortfalls(draw_sample(frame, plan, seed="size only").shortfalls)
    _name_gaps(gaps(frame, plan))


@sample.command(
    "draw",
    help=paragraphs(
        say("Draw the sample from the announced design and the number."),
        say(
            "Writes sample.csv (households and replacements with probabilities and "
            "weights), villages.csv, manifest.json and draw.html, the page to show "
            "and print. Lists that changed since the announcement are refused."
        ),
        example(
            "xiuhua sample draw --registry registry.xlsx --ordinary ordinary.xlsx",
            "--design design/design.json --number 3-1-6-2-5-5-4-1-2-6",
            '--formed "ten dice, county hall, 20 November" --out sample',
        ),
    ),
)
@lang_option
@_lists
@click.option(
    "--design",
    "design_file",
    type=_FILE,
    required=True,
    help=say("The design.json that was announced."),
)
@click.option(
    "--number", required=True, help=say("The number thrown or published, as read out.")
)
@click.option(
    "--formed",
    required=True,
    help=say("How the number was formed: by whom, where, before whom."),
)
@click.option("--out", type=_OUT, required=True, help=say("A folder for the sample."))
def draw(
    *,
    registry: Path,
    ordinary: Path | None,
    region: str | None,
    design_file: Path,
    number: str,
    formed: str,
    out: Path,
) -> None:
    """Draw the sample from the announced design and the number."""
    frame = read_frame(registry, ordinary, region)
    plan = read_design(design_file, frame)
    drawn, manifest = make_manifest(frame, plan, public_number=number, formed=formed)
    out.mkdir(parents=True, exist_ok=True)
    write_csv(out / "sample.csv", map(household_row, drawn.households))
    write_csv(
        out / "villages.csv",
        [{**asdict(v), "probability": str(v.probability)} for v in drawn.villages],
    )
    text = json.dumps(manifest, ensure_ascii=False, indent=1)
    (out / "manifest.json").write_text(text + "\n", "utf-8")
    (out / "draw.html").write_text(result_page(manifest, drawn), "utf-8")
    summary = manifest["drawn"]
    click.echo(
        say(
            "{villages} villages, {households} households, {spare} replacements drawn"
        ).format(
            villages=len(drawn.villages),
            households=summary["households"],
            spare=summary["replacements"],
        )
    )
    _warn_of_shortfalls(drawn.shortfalls)
    _name_gaps(drawn.gaps)


@sample.command(
    "verify",
    help=paragraphs(
        say("Draw again from a manifest and the lists, and compare every part."),
        say("Ends with 0 when everything agrees and with 1 when anything does not."),
        example(
            "xiuhua sample verify sample/manifest.json --registry registry.xlsx",
            "--ordinary ordinary.xlsx",
        ),
    ),
)
@lang_option
@click.argument("manifest_file", metavar="MANIFEST", type=_FILE)
@_lists
@click.pass_context
def verify(
    ctx: click.Context,
    *,
    manifest_file: Path,
    registry: Path,
    ordinary: Path | None,
    region: str | None,
) -> None:
    """Draw again from a manifest and the lists, and compare every part."""
    manifest = _json(manifest_file)
    checks = verify_manifest(manifest, read_frame(registry, ordinary, region))
    for check in checks:
        word = say("agrees") if check.agrees else say("differs")
        click.echo(f"{say(CHECK_NAMES[check.name])}: {word}")
    if not all(check.agrees for check in checks):
        click.echo(say("This is not the sample these lists and this number give."))
        ctx.exit(1)


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text("utf-8"))
    except ValueError as error:
        raise click.UsageError(f"{path}: {error}") from error


def _totals(texts: tuple[str, ...]) -> dict[str, int]:
    result = {}
    for text in texts:
        name, equals, number = text.partition("=")
        if not (equals and number.isascii() and number.isdigit()):
            raise click.UsageError(
                say("--total needs TAKE=N, not {text}").format(text=text)
            )
        result[name] = int(number)
    return result


def _warn_of_shortfalls(shortfalls: Any) -> None:
    for what, (wanted, held) in shortfalls.items():
        click.echo(
            say("{what}: {wanted} wanted, {held} there").format(
                what=what, wanted=wanted, held=held
            ),
            err=True,
        )


def _name_gaps(found: tuple[Gap, ...]) -> None:
    for gap in found:
        number = say("unknown") if gap.households is UNKNOWN else gap.households
        click.echo(
            say("not covered: {group} ({number} households): {reason}").format(
                group=group_name(gap.group, LANGUAGE),
                number=number,
                reason=say(REASONS[gap.reason]),
            ),
            err=True,
        )
