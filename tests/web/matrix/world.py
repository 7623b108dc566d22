"""A world in which every row can be told from every other by its bytes.

Three siblings or more at every level of the tree, a household with two members in each
village, and in every text of theirs a token that names the place and the field.
Identity numbers are valid and unique. Where a token turns up, a row of that place was
shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

from tests.factories.accounts import make_post, make_user
from tests.factories.attachments import make_attachment
from tests.factories.moments import NOON
from tests.factories.plans import agree, make_measure, make_plan
from tests.factories.regions import make_region
from tests.web.matrix.helped import help_planted

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.accounts.roles import ROLES, Kind
from xiuhua.apps.accounts.scope import region_scope
from xiuhua.apps.accounts.sectors import INDICATORS_BY_SECTOR
from xiuhua.apps.attachments.rules import Subject
from xiuhua.apps.ledger.rules import Found
from xiuhua.apps.ledger.services.rectifying import problem_assign
from xiuhua.apps.ledger.services.registering import problem_register
from xiuhua.apps.ledger.services.tasking import task_set
from xiuhua.apps.plans.models import Measure
from xiuhua.apps.registry.models import Household, Person
from xiuhua.apps.registry.services.households import household_register
from xiuhua.core.dictionary.model import FieldType, Mask
from xiuhua.core.dictionary.reader import load_dictionary
from xiuhua.core.id_number import check_character


VILLAGES: Final = (
    "990101101201", "990101101202", "990101101203",  # one township
    "990101102201", "990101103201",  # its siblings
    "990102101201", "990103101201",  # the county's
    "990201101201", "990301101201",  # the prefecture's
    "980101101201", "970101101201",  # the province's
)  # fmt: skip
# Without a household, and one whose code is the beginning of no other.
EMPTY: Final = "990101104201"
HOME, SIBLING = 0, 1
# A role's place at home and beside it, by the level it is held at.
PLACES: Final[Mapping[str, tuple[str, str]]] = {
    "village": ("990101101201", "990101101202"),
    "township": ("990101101", "990101102"),
    "county": ("990101", "990102"),
    "prefecture": ("9901", "9902"),
    "province": ("99", "98"),
}
# One role of each level is held beside home as well.
BESIDE: Final = (
    "village_secretary",
    "township_clerk",
    "county_office",
    "prefecture_officer",
    "sector_bureau",
)
# The bureau of the first asks for everything; problems of the other are not its own.
SECTORS_OF_PROBLEMS: Final = ("water", "education")
# The tokens of problems: no field of a household has a key so high.
PROBLEM_KEY: Final = 980
HELP_KEY: Final = 970
_LONG_AGO: Final = date(2018, 1, 1)
_TOKENED: Final = frozenset({FieldType.TEXT, FieldType.BANK_ACCOUNT})


@dataclass(frozen=True)
class Canary:
    """What a token stands for: where its row lies and how far it may be shown."""

    village: str
    field: str
    mask: Mask


@dataclass
class World:
    """The rows, the tokens in them, and who asks."""

    canaries: dict[str, Canary] = field(default_factory=dict)
    households: list[Household] = field(default_factory=list)
    persons: dict[int, list[Person]] = field(default_factory=dict)
    attachments: dict[str, Any] = field(default_factory=dict)
    measures: dict[str, Measure] = field(default_factory=dict)
    problems: list[Any] = field(default_factory=list)
    tasks: list[Any] = field(default_factory=list)
    principals: dict[str, Post | None] = field(default_factory=dict)
    users: dict[str, Any] = field(default_factory=dict)
    # Keys by the region they are of, or by the principal who alone may have them.
    uploads: dict[str, int] = field(default_factory=dict)
    runs: dict[str, int] = field(default_factory=dict)
    adoptions: dict[str, int] = field(default_factory=dict)
    downloads: dict[str, int] = field(default_factory=dict)
    printings: dict[str, int] = field(default_factory=dict)
    views: dict[str, int] = field(default_factory=dict)
    # By kind of list first.
    sheets: dict[str, dict[str, int]] = field(default_factory=dict)

    def household_in(self, village: str) -> Household:
        """Return the household of a village."""
        return next(h for h in self.households if h.village_id == village)


def build() -> World:
    """Return the world, written to the database."""
    world = World()
    for code in (*VILLAGES, EMPTY):
        make_region(code)
    for number, village in enumerate(VILLAGES):
        _plant(world, number, village)
    _people(world)
    return world


def _plant(world: World, number: int, village: str) -> None:
    clerk = make_post("county_office", village[:6])
    household = household_register(
        village=village,
        values=_values(world, "household", number, 0, village),
        persons=[
            {
                **_values(world, "person", number, 1 + member, village),
                "relation_to_head": "head" if member == 0 else "son",
                "birth_date": date(1950, 1, 1) + timedelta(days=400 * number + member),
                "sex": "male",
            }
            for member in range(2)
        ],
        number=_token(world, number, 99, village, "household_id", Mask.OPEN),
        valid_from=_LONG_AGO,
        poverty="not_exited",
        by=clerk,
        at=NOON,
    )
    world.households.append(household)
    members = Person.unscoped.filter(household=household).order_by("pk")
    world.persons[household.pk] = list(members)
    subject = Subject("registry.household", str(household.pk), village)
    world.attachments[village] = make_attachment(subject=subject, by=clerk)
    found = _token(world, number, HELP_KEY, village, "findings", Mask.PERSONAL)
    help_planted(household, found)
    # A token of its own, which a bureau of another sector may not be shown either.
    what = _token(world, number, 98, village, "measure", Mask.PERSONAL)
    with region_scope([village]):
        plan = make_plan(household, clerk)
        world.measures[village] = make_measure(plan, clerk, what=what)
        agree(plan, clerk)
    for at, sector in enumerate(SECTORS_OF_PROBLEMS):
        key = PROBLEM_KEY + at
        token = _token(world, number, key, village, f"problem.{sector}", Mask.OPEN)
        _plant_problem(world, household, token, sector, clerk)


def _plant_problem(
    world: World, household: Household, token: str, sector: str, clerk: Post
) -> None:
    """Register a problem of an indicator that one sector answers for, with a task."""
    with region_scope([household.village_id]):
        problem = problem_register(
            found=Found(
                region=household.village_id,
                source="audit",
                kind="guarantees",
                indicator=next(iter(INDICATORS_BY_SECTOR[sector])),
                description=f"问题{token}",
                found_on=_LONG_AGO,
                households=frozenset({household.pk}),
            ),
            once=token,
            by=clerk,
            at=NOON,
        )
        problem = problem_assign(
            problem=problem,
            version=problem.version,
            owner=clerk,
            deadline=date(2019, 9, 1),
            by=clerk,
            at=NOON,
        )
        world.problems.append(problem)
        if sector == SECTORS_OF_PROBLEMS[0]:
            task = task_set(
                problem=problem,
                version=problem.version,
                what=f"任务{token}",
                owner=clerk,
                deadline=date(2019, 9, 1),
                region=household.village_id,
                once=token,
                by=clerk,
                at=NOON,
            )
            world.tasks.append(task)
            problem.refresh_from_db()


def _values(
    world: World, level: str, number: int, row: int, village: str
) -> dict[str, Any]:
    """Return a token for each text of a level, and valid numbers of persons."""
    said: dict[str, Any] = {}
    for at, one in enumerate(load_dictionary().level(level).fields):
        key = (row * 100 + at) % 1000
        if one.name == "person_state":
            continue
        if one.type in _TOKENED:
            token = _token(world, number, key, village, one.name, one.mask)
            said[one.name] = f"王{token}" if one.name.endswith("name") else token
        elif one.type is FieldType.ID_NUMBER:
            said[one.name] = _known(world, id_number(number, row), village, one)
        elif one.type is FieldType.PHONE:
            phone = f"139{number:02}{row:02}0{at:03}"
            said[one.name] = _known(world, phone, village, one)
    return said


def id_number(number: int, row: int) -> str:
    """Return a valid identity number nobody else has; its area was given to nobody."""
    digits = f"990101{1930 + number}0{1 + row}15{100 + number}"
    return digits + check_character(digits)


def _token(
    world: World, number: int, key: int, village: str, name: str, mask: Mask
) -> str:
    token = f"ZQ{number:02}{key:03}X"
    world.canaries[token] = Canary(village, name, mask)
    return token


def _known(world: World, text: str, village: str, one: Any) -> str:
    world.canaries[text] = Canary(village, one.name, one.mask)
    return text


def _people(world: World) -> None:
    """Let every role be held at home and beside it; some hold nothing any more."""
    for role in ROLES.values():
        levels = [level for level in PLACES if level in role.levels]
        for level in dict.fromkeys((levels[0], levels[-1])):
            key = f"{role.code}/{level}/own"
            _principal(world, key, role.code, PLACES[level][HOME])
        if role.code in BESIDE:
            key = f"{role.code}/{levels[-1]}/sibling"
            _principal(world, key, role.code, PLACES[levels[-1]][SIBLING])
    _principal(world, "county_office/expired", "county_office", "990101", over=True)
    _principal(world, "helper/expired", "helper", "990101101201", over=True)
    world.users["nobody"], world.principals["nobody"] = make_user(), None
    world.principals["visitor"] = None
    two = make_user()
    first = make_post("township_clerk", "990101101", user=two)
    make_post("township_clerk", "990103101", user=two)
    world.users["two regions"], world.principals["two regions"] = two, first


def _principal(
    world: World, key: str, role: str, region: str, *, over: bool = False
) -> None:
    rights, user = ROLES[role], make_user()
    said: dict[str, Any] = {"sector": "water"} if rights.needs_sector else {}
    if over:
        said["valid_to"] = date(2019, 1, 1)
    elif rights.kind is Kind.CHECK:
        said["valid_to"] = date(2100, 1, 1)
    post = make_post(role, region, user=user, **said)
    world.users[key], world.principals[key] = user, None if over else post
