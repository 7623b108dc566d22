"""`xiuhua teams`: form balanced, independent teams; match people at least cost."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from xiuhua.cli.language import example, lang_option, paragraphs, say
from xiuhua.cli.sheets import write_csv
from xiuhua.cli.team_files import (
    PartyTable,
    read_parties,
    read_people,
    read_sites,
    without_places,
)
from xiuhua.core.teams.districts import Districting, Effort, districts
from xiuhua.core.teams.forming import Independence, Team, form_teams
from xiuhua.core.teams.matching import Match, Party, match_helpers, match_teams
from xiuhua.core.teams.travel import Point
from xiuhua.core.truth import UNKNOWN, Unknown


_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_POSITIVE = click.IntRange(min=1)


@click.group(
    "teams",
    help=paragraphs(
        say("Form teams for a check, and match work teams and helpers."),
        say(
            "The same tables give the same teams on every machine. What cannot be "
            "met is named: which demand, how many are missing, who or where."
        ),
    ),
)
def teams() -> None:
    """Form teams for a check, and match work teams and helpers."""


@teams.command(
    "form",
    help=paragraphs(
        say("Share villages out among teams and put people into them."),
        say(
            "Work and travel balance; nobody checks at home; every team has the "
            "roles asked for and speaks the languages of its villages. Writes "
            "districts.csv and members.csv."
        ),
        say(
            "Columns of the villages: 行政村代码 户数 经度 纬度 语言; of the people: "
            "人员编号 家乡代码 工作单位 角色 语言. An empty home is unknown and "
            "refused; 无 is for people from outside the villages. Without "
            "coordinates the codes stand in for distances."
        ),
        example(
            "xiuhua teams form --villages villages.csv --people people.csv --teams 8",
            "--role 组长=1 --out teams",
        ),
    ),
)
@lang_option
@click.option(
    "--villages",
    type=_FILE,
    required=True,
    help=say("Table of villages: village code, households, place, languages."),
)
@click.option(
    "--people",
    type=_FILE,
    required=True,
    help=say("Table of people: number, home, work unit, roles, languages."),
)
@click.option(
    "--sample",
    type=_FILE,
    help=say("The sample.csv of a draw: count its households and villages."),
)
@click.option(
    "--teams", "count", type=_POSITIVE, required=True, help=say("How many teams.")
)
@click.option(
    "--role",
    "roles",
    multiple=True,
    metavar="ROLE=N",
    help=say("So many of a role in every team; may be given several times."),
)
@click.option(
    "--independence",
    type=click.Choice(["township", "village"]),
    default="township",
    show_default=True,
    help=say("Nobody visits the township, or the village, of their home."),
)
@click.option("--base", metavar="EAST,NORTH", help=say("Where trips start, in meters."))
@click.option(
    "--household-minutes",
    type=_POSITIVE,
    default=45,
    show_default=True,
    help=say("Minutes for a household."),
)
@click.option(
    "--village-minutes",
    type=_POSITIVE,
    default=60,
    show_default=True,
    help=say("Minutes for a village besides its households."),
)
@click.option(
    "--speed",
    type=_POSITIVE,
    default=40,
    show_default=True,
    help=say("Kilometers an hour on the road."),
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help=say("A folder for the tables."),
)
def form(
    *,
    villages: Path,
    people: Path,
    sample: Path | None,
    count: int,
    roles: tuple[str, ...],
    independence: Independence,
    base: str | None,
    household_minutes: int,
    village_minutes: int,
    speed: int,
    out: Path,
) -> None:
    """Share villages out among teams and put people into them."""
    effort = Effort(household_minutes, village_minutes, speed)
    shared = districts(
        read_sites(villages, sample), count, effort=effort, base=_point(base)
    )
    formed = form_teams(
        read_people(people),
        shared.districts,
        roles=_roles(roles),
        independence=independence,
    )
    out.mkdir(parents=True, exist_ok=True)
    _write(out, formed)
    for team in formed:
        text = "team {number}: {people} people, {villages} villages, {hours:.1f} hours"
        click.echo(
            say(text).format(
                number=team.number,
                people=len(team.people),
                villages=len(team.district.sites),
                hours=team.district.minutes / 60,
            )
        )
    _say_balance(shared)


def _say_balance(shared: Districting) -> None:
    click.echo(
        say("busiest team over the mean: {ratio:.3f}").format(ratio=shared.ratio)
    )
    if shared.distances_by_code:
        click.echo(say("No coordinates: the codes stand in for distances."), err=True)
    if shared.limiting:
        names = ", ".join(shared.limiting)
        text = "These villages alone are more than a team's share: {names}"
        click.echo(say(text).format(names=names), err=True)


def _write(out: Path, formed: Sequence[Team]) -> None:
    write_csv(
        out / "districts.csv",
        [
            {
                "team": team.number,
                "village_code": site.code,
                "households": site.households,
            }
            for team in formed
            for site in team.district.sites
        ],
    )
    write_csv(
        out / "members.csv",
        [
            {
                "team": team.number,
                "person_id": person.id,
                "unit": person.unit,
                "roles": "、".join(sorted(person.roles)),
                "languages": "、".join(sorted(person.languages)),
            }
            for team in formed
            for person in team.people
        ],
    )


@teams.command(
    "match",
    help=paragraphs(
        say("Choose work teams for villages by what the villages need."),
        say(
            "Every column besides id, region and place is a need of the village or "
            "a skill of the person, from 0 to 1. The sum of unmet need (1000) and "
            "distance (10 per km) is the least there is. The table gives the "
            "reason of each match and the person's rank among all who could have "
            "come."
        ),
        example(
            "xiuhua teams match --villages needs.csv --people cadres.csv --size 3",
            "--out work-teams.csv",
        ),
    ),
)
@lang_option
@click.option(
    "--villages",
    type=_FILE,
    required=True,
    help=say("Table of villages with what each needs, 0 to 1."),
)
@click.option(
    "--people",
    type=_FILE,
    required=True,
    help=say("Table of people with what each can do, 0 to 1."),
)
@click.option(
    "--size",
    type=_POSITIVE,
    default=3,
    show_default=True,
    help=say("People for every village."),
)
@click.option(
    "--away-from-home/--anywhere",
    default=False,
    help=say("Send nobody to the township of their region."),
)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help=say("The table to write."),
)
def match(
    *, villages: Path, people: Path, size: int, away_from_home: bool, out: Path
) -> None:
    """Choose work teams for villages by what the villages need."""
    units, persons = _placed(
        read_parties(villages, ("village_code", "id")),
        read_parties(people, ("person_id", "id")),
    )
    found = match_teams(units, persons, team_size=size, away_from_home=away_from_home)
    _write_matches(out, found)


@teams.command(
    "helpers",
    help=paragraphs(
        say("Find a helper for every household, none above the cap, at least cost."),
        say("Columns and costs are those of `xiuhua teams match`."),
        example(
            "xiuhua teams helpers --households households.csv --helpers helpers.csv",
            "--cap 5 --out pairs.csv",
        ),
    ),
)
@lang_option
@click.option(
    "--households",
    type=_FILE,
    required=True,
    help=say("Table of households with what each needs, 0 to 1."),
)
@click.option(
    "--helpers",
    type=_FILE,
    required=True,
    help=say("Table of helpers with what each can do; 上限 is a cap of their own."),
)
@click.option(
    "--cap",
    type=_POSITIVE,
    default=5,
    show_default=True,
    help=say("Households per helper without a cap of their own."),
)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help=say("The table to write."),
)
def helpers(*, households: Path, helpers: Path, cap: int, out: Path) -> None:
    """Find a helper for every household, none above the cap, at least cost."""
    table = read_parties(helpers, ("person_id", "id"))
    units, persons = _placed(
        read_parties(households, ("household_id", "户编号", "id")), table
    )
    caps = {person.id: table.caps.get(person.id, cap) for person in persons}
    _write_matches(out, match_helpers(units, persons, caps=caps))


def _placed(units: PartyTable, people: PartyTable) -> tuple[list[Party], list[Party]]:
    """Return both tables; where a place is missing, distance is left out for all."""
    if units.placed and people.placed:
        return units.parties, people.parties
    text = "A place is missing: distances are left out of the cost."
    click.echo(say(text), err=True)
    return without_places(units.parties), without_places(people.parties)


def _write_matches(out: Path, found: Sequence[Match]) -> None:
    write_csv(
        out,
        [
            {
                "unit": m.unit,
                "person": m.person,
                "cost": m.cost,
                "need_met": f"{m.fit:.3f}",
                "best_fit": m.best_fit,
                "distance_km": f"{m.distance_km:.1f}",
                "rank": m.rank,
                "candidates": m.candidates,
            }
            for m in found
        ],
    )
    total = sum(m.cost for m in found)
    click.echo(say("{n} matched, total cost {total}").format(n=len(found), total=total))


def _roles(texts: tuple[str, ...]) -> dict[str, int]:
    result = {}
    for text in texts:
        role, equals, number = text.partition("=")
        if not (role and equals and number.isascii() and number.isdigit()):
            raise click.UsageError(
                say("--role needs ROLE=N, not {text}").format(text=text)
            )
        result[role] = int(number)
    return result


def _point(text: str | None) -> Point | Unknown:
    if text is None:
        return UNKNOWN
    try:
        east, north = (round(float(part)) for part in text.split(","))
    except ValueError:
        raise click.UsageError(say("--base needs EAST,NORTH in meters")) from None
    return Point(east, north)
