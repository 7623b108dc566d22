"""Who lives in a household: forms of family, and ages that fit one another.

Ages are built from the youngest upward: brothers and sisters two to four years
apart, a mother twenty or more years older than her first child, and so on. No age
therefore has to be corrected afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np

from xiuhua.core.synthetic.draws import Choice, Draws, Ints


class Place(IntEnum):
    """The place of a person in the family."""

    HEAD = 0
    SPOUSE = 1
    HEIR = 2  # the grown child who stays, with a spouse
    HEIR_SPOUSE = 3
    FIRST_CHILD = 4
    SECOND_CHILD = 5
    THIRD_CHILD = 6
    FOURTH_CHILD = 7
    FATHER = 8
    MOTHER = 9


MALE: Final = 0
FEMALE: Final = 1
SEXES: Final = ("male", "female")
RELATIONS: Final = (
    "head",
    "spouse",
    "son",
    "daughter",
    "daughter_in_law",
    "son_in_law",
    "grandson",
    "granddaughter",
    "daughters_son",
    "daughters_daughter",
    "father",
    "mother",
    "other",
)
MAX_SIZE: Final = 8
_MAX_CHILDREN: Final = 4


@dataclass(frozen=True)
class Form:
    """A form of family.

    `youngest` is the range of ages of the youngest child, or of the head where there
    is none; `generations` how many years' gaps lie between the children and the head:
    0 no children, 1 children, 2 grandchildren.
    """

    name: str
    places: tuple[Place, ...]
    youngest: tuple[int, int]
    generations: int


def _form(
    name: str, adults: str, children: int, youngest: tuple[int, int], generations: int
) -> Form:
    kids = tuple(Place(Place.FIRST_CHILD + i) for i in range(children))
    grown = tuple(Place[word] for word in adults.split())
    return Form(name, grown + kids, youngest, generations)


FORMS: Final = (
    _form("elder_alone", "HEAD", 0, (60, 88), 0),
    _form("adult_alone", "HEAD", 0, (35, 59), 0),
    _form("elder_couple", "HEAD SPOUSE", 0, (60, 84), 0),
    _form("couple", "HEAD SPOUSE", 0, (45, 59), 0),
    _form("parent_child", "HEAD", 1, (17, 45), 1),
    _form("left_behind", "HEAD", 1, (3, 15), 2),
    _form("with_mother", "HEAD MOTHER", 0, (35, 60), 0),
    _form("one_child", "HEAD SPOUSE", 1, (0, 30), 1),
    _form("single_parent", "HEAD", 2, (3, 18), 1),
    _form("two_children", "HEAD SPOUSE", 2, (0, 22), 1),
    _form("one_child_mother", "HEAD SPOUSE MOTHER", 1, (0, 20), 1),
    _form("two_children_mother", "HEAD SPOUSE MOTHER", 2, (0, 16), 1),
    _form("three_children", "HEAD SPOUSE", 3, (0, 14), 1),
    _form("three_generations_1", "HEAD SPOUSE HEIR HEIR_SPOUSE", 1, (0, 14), 2),
    _form("two_children_parents", "HEAD SPOUSE FATHER MOTHER", 2, (0, 14), 1),
    _form("four_children", "HEAD SPOUSE", 4, (0, 10), 1),
    _form("three_generations_2", "HEAD SPOUSE HEIR HEIR_SPOUSE", 2, (0, 12), 2),
    _form("three_generations_3", "HEAD SPOUSE HEIR HEIR_SPOUSE", 3, (0, 10), 2),
)

# Shares of the forms in thousandths, in the order of FORMS. The mean size follows:
# 4.0 for the west (2.6 million persons in 650,000 households), 2.1 for the north-east
# (7,445 in 3,566), 3.3 for the nation (100 million in 30 million).
SHARES: Final[Mapping[str, tuple[int, ...]]] = {
    "west": (
        *(20, 25, 60, 20, 40, 20, 20, 130, 30),
        *(210, 50, 60, 60, 50, 50, 20, 95, 40),
    ),
    "northeast": (
        *(180, 100, 270, 90, 60, 20, 25, 140, 30),
        *(35, 15, 10, 5, 10, 2, 0, 8, 0),
    ),
    "nation": (
        *(60, 50, 120, 40, 60, 20, 20, 170, 30),
        *(150, 40, 40, 30, 40, 30, 5, 85, 10),
    ),
}

_PLACES: Final = np.array(
    [[*f.places, *([0] * (MAX_SIZE - len(f.places)))] for f in FORMS]
)
_SIZES: Final = np.array([len(f.places) for f in FORMS])
_CHILDREN: Final = np.array([sum(p in range(4, 8) for p in f.places) for f in FORMS])
_GENERATIONS: Final = np.array([f.generations for f in FORMS])
_YOUNGEST_LOW: Final = np.array([f.youngest[0] for f in FORMS])
_YOUNGEST_HIGH: Final = np.array([f.youngest[1] for f in FORMS])


@dataclass(frozen=True)
class Families:
    """The members of many households, row by row in order of households.

    `household` is the position of the household in its county, `slot` the place in
    its list of members, `relation` and `sex` positions in `RELATIONS` and `SEXES`.
    """

    sizes: Ints
    household: Ints
    slot: Ints
    place: Ints
    age: Ints
    sex: Ints
    relation: Ints


def mean_size(style: str) -> float:
    """Return the mean number of persons per household of a style."""
    shares = np.array(SHARES[style])
    return float((shares * _SIZES).sum() / shares.sum())


def forms(draws: Draws, style: str) -> Ints:
    """Return the form of every household, as a position in `FORMS`."""
    return draws.choice("form", Choice.of(SHARES[style]))


def sizes(form: Ints) -> Ints:
    """Return the number of members of households of these forms."""
    return np.asarray(_SIZES[form])


def families(draws: Draws, form: Ints) -> Families:
    """Return the members of households of these forms; ages are full years."""
    ages, sexes = _ages(draws, form), _sexes(draws, len(form))
    relations = _relations(form, sexes)
    count = sizes(form)
    there = np.arange(MAX_SIZE) < count[:, None]
    household, slot = np.nonzero(there)
    place = _PLACES[form][there]
    at = (household, place)
    return Families(count, household, slot, place, ages[at], sexes[at], relations[at])


def _ages(draws: Draws, form: Ints) -> Ints:
    """Return the age at every place, whether or not somebody stands there."""
    ages = np.zeros((len(form), len(Place)), dtype=np.int64)
    youngest = draws.between("youngest", _YOUNGEST_LOW[form], _YOUNGEST_HIGH[form])
    children = _CHILDREN[form]
    ages[:, Place.FOURTH_CHILD] = youngest
    eldest = youngest
    for nth in range(_MAX_CHILDREN - 1, 0, -1):
        apart = draws.between(f"apart {nth}", 2, 4)
        older = ages[:, Place.FIRST_CHILD + nth] + np.where(nth < children, apart, 0)
        ages[:, Place.FIRST_CHILD + nth - 1] = older
        eldest = older
    generations = _GENERATIONS[form]
    heir = eldest + draws.between("gap", 21, 29)
    below = np.select([generations == 1, generations == 2], [eldest, heir], youngest)
    gap = np.where(generations > 0, draws.between("gap of head", 20, 29), 0)
    ages[:, Place.SPOUSE] = below + gap
    ages[:, Place.HEAD] = ages[:, Place.SPOUSE] + draws.between("elder", 0, 4)
    ages[:, Place.HEIR] = heir
    ages[:, Place.HEIR_SPOUSE] = heir + draws.between("heir", 0, 5) - 3
    for parent in (Place.FATHER, Place.MOTHER):
        gap = draws.between(parent.name, 20, 30)
        ages[:, parent] = ages[:, Place.HEAD] + gap
    return ages


def _sexes(draws: Draws, count: int) -> Ints:
    sexes = np.zeros((count, len(Place)), dtype=np.int64)
    sexes[:, Place.HEAD] = draws.happens("head is a woman", 18_000)
    sexes[:, Place.SPOUSE] = 1 - sexes[:, Place.HEAD]
    sexes[:, Place.HEIR] = draws.happens("heir is a daughter", 15_000)
    sexes[:, Place.HEIR_SPOUSE] = 1 - sexes[:, Place.HEIR]
    for nth in range(_MAX_CHILDREN):
        girl = draws.happens(f"girl {nth}", 47_000)
        sexes[:, Place.FIRST_CHILD + nth] = girl
    sexes[:, Place.MOTHER] = FEMALE
    return sexes


def _relations(form: Ints, sexes: Ints) -> Ints:
    """Return the relation to the head at every place, as a position in `RELATIONS`."""
    relations = np.zeros_like(sexes)
    relations[:, Place.SPOUSE] = RELATIONS.index("spouse")
    relations[:, Place.HEIR] = RELATIONS.index("son") + sexes[:, Place.HEIR]
    in_law = RELATIONS.index("daughter_in_law") + sexes[:, Place.HEIR]
    relations[:, Place.HEIR_SPOUSE] = in_law
    grand = RELATIONS.index("grandson") + 2 * sexes[:, Place.HEIR]
    own = np.full(len(form), RELATIONS.index("son"))
    child = np.where(_GENERATIONS[form] == 2, grand, own)
    for nth in range(_MAX_CHILDREN):
        place = Place.FIRST_CHILD + nth
        relations[:, place] = child + sexes[:, place]
    relations[:, Place.FATHER] = RELATIONS.index("father")
    relations[:, Place.MOTHER] = RELATIONS.index("mother")
    return relations
