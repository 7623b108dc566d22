"""Read the faults of a region: by kind, village, person in charge; gaps and questions.

Every row leads to a household, where it is mended.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import Substr

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.assessments.demanded import (
    HOUSEHOLD_DEMANDS,
    INCOME_DEMANDS,
    PERSON_DEMANDS,
)
from xiuhua.apps.assessments.doubles import ELSEWHERE
from xiuhua.apps.assessments.models import Completeness, Fault, Shortfall
from xiuhua.apps.assessments.rules import MARK_BY_WORD, REGISTERED
from xiuhua.apps.regions.selectors import names_of, within
from xiuhua.apps.registry.models import Household, IncomeStatement, Person
from xiuhua.core.dictionary.reader import load_dictionary
from xiuhua.core.intake.faults import FAULT_KINDS
from xiuhua.core.standards.model import Pack
from xiuhua.core.wording import MASKED
from xiuhua.messages import translator


KINDS: Final = {**FAULT_KINDS, ELSEWHERE.name: ELSEWHERE}
"""The kinds of fault of what is stored, by name."""


@dataclass(frozen=True)
class Faulty:
    """So many faults in so many households of one kind, village or person in charge."""

    key: str
    faults: int
    households: int


@dataclass(frozen=True)
class Filled:
    """How far a field is filled in; `missing` rows lack it."""

    level: str
    field: str
    wanted: int
    filled: int

    @property
    def missing(self) -> int:
        """Return how many rows lack the field."""
        return self.wanted - self.filled


def fault_list(*, viewer: Post, region: str = "") -> QuerySet[Fault]:
    """Return the faults of a region with household and person, by village and key.

    Raises:
        ScopeMissing: outside a region scope.
    """
    found = Fault.objects.filter(_inside(viewer, region))
    return found.select_related("household", "person").order_by("village_id", "pk")


def faults_by(*, viewer: Post, what: str, region: str = "") -> list[Faulty]:
    """Return the faults added up by `kind`, `village` or `helper`, most first.

    Raises:
        KeyError: when `what` is none of the three.
        ScopeMissing: outside a region scope.
    """
    columns = {
        "kind": F("kind"),
        "village": F("village_id"),
        "helper": F("household__helper_name"),
    }
    found = (
        Fault.objects.filter(_inside(viewer, region))
        .order_by()
        .values(key=columns[what])
        .annotate(n=Count("pk"), n_households=Count("household", distinct=True))
        .order_by("-n", "key")
    )
    return [Faulty(r["key"] or "", r["n"], r["n_households"]) for r in found]


def others_shown(*, viewer: Post, faults: Sequence[Fault]) -> dict[int, str]:
    """Return in words what each fault clashes with: the member and the household.

    Of a member the viewer cannot see, nothing is said.

    Raises:
        ScopeMissing: outside a region scope.
    """
    keys = {int(key) for fault in faults for key in fault.others.split()}
    found = Person.objects.filter(pk__in=keys).values_list(
        "pk", "name", "household__number"
    )
    field = load_dictionary().level("person").by_name["name"]
    may_read = viewer.rights.shows(field.mask)
    named = {key: f"{name or ''} {n}" if may_read else n for key, name, n in found}
    return {
        fault.pk: ", ".join(
            named[int(k)].strip() for k in fault.others.split() if int(k) in named
        )
        for fault in faults
    }


def offices_asked(*, faults: Sequence[Fault], as_of: date) -> dict[str, str]:
    """Return the names of the regions whose office settles some doubles, by code."""
    codes = {f.expected for f in faults if f.kind == ELSEWHERE.name and f.expected}
    return names_of(codes=codes, as_of=as_of)


def fault_words(
    fault: Fault, language: str, others: str = "", office: str = ""
) -> tuple[str, str]:
    """Return what is wrong and what would be right, in words.

    `others` are the words for what it clashes with; without them nothing is named.
    `office` is the region whose office settles a double of two counties.
    """
    say, kind = translator(language), KINDS[fault.kind]
    field = load_dictionary().level(fault.level).by_name[fault.field]
    expected = fault.expected
    if kind is ELSEWHERE:
        place = office or expected
        expected = (
            say("the office of {region}").format(region=place)
            if place
            else say("the national office")
        )
    if field.codes is not None and expected in field.codes.by_code:
        expected = field.codes.by_code[expected].label.in_(language)
    values = {
        "column": field.label.in_(language),
        "other": others,
        "expected": expected,
    }
    problem = say(kind.problem)
    if not others:
        problem = _without_others(problem)
    return problem.format(**values), say(kind.remedy).format(**values)


def kind_label(kind: str, language: str) -> str:
    """Return a kind of fault in words, without the places of one fault."""
    text = _without_others(translator(language)(KINDS[kind].problem))
    return text.format(column="…", other="", expected="")


def _without_others(text: str) -> str:
    for mark in (" (also {other})", "（另见{other}）", " ({other})", "（{other}）"):
        text = text.replace(mark, "")
    return text


def completeness_list(*, viewer: Post, region: str = "") -> list[Filled]:
    """Return how far every demanded field is filled in, in the order of the template.

    Raises:
        ScopeMissing: outside a region scope.
    """
    found = (
        Completeness.objects.filter(_inside(viewer, region))
        .order_by()
        .values("level", "field")
        .annotate(w=Sum("wanted"), f=Sum("filled"))
    )
    counts = {(r["level"], r["field"]): (r["w"], r["f"]) for r in found}
    demands = (*HOUSEHOLD_DEMANDS, *INCOME_DEMANDS, *PERSON_DEMANDS)
    return [
        Filled(d.level, d.field, *counts[d.level, d.field])
        for d in demands
        if (d.level, d.field) in counts
    ]


def completeness_by_part(
    *, viewer: Post, region: str, length: int
) -> dict[str, tuple[int, int]]:
    """Return cells wanted and filled in by part of a region.

    `length` is that of the parts' codes.

    Raises:
        ScopeMissing: outside a region scope.
    """
    found = (
        Completeness.objects.filter(_inside(viewer, region))
        .order_by()
        .annotate(part=Substr("village_id", 1, length))
        .values("part")
        .annotate(w=Sum("wanted"), f=Sum("filled"))
    )
    return {r["part"]: (r["w"], r["f"]) for r in found}


def missing_list(
    *, viewer: Post, level: str, field: str, region: str = ""
) -> QuerySet[Household]:
    """Return the households that lack a field, or whose members or income do.

    Raises:
        KeyError: when the field is not demanded at the level.
        ScopeMissing: outside a region scope.
    """
    demands = (*HOUSEHOLD_DEMANDS, *INCOME_DEMANDS, *PERSON_DEMANDS)
    demand = {(d.level, d.field): d for d in demands}[level, field]
    lacking = demand.of_whom & ~demand.filled
    found = Household.objects.filter(_inside(viewer, region), registration=REGISTERED)
    if level == "household":
        found = found.filter(lacking)
    elif level == "person":
        persons = Person.objects.filter(lacking, ended_on__isnull=True)
        found = found.filter(pk__in=persons.values("household"))
    else:
        incomes = IncomeStatement.objects.filter(lacking)
        found = found.filter(pk__in=incomes.values("household"))
    return found.order_by("village_id", "pk")


def question_list(
    *, viewer: Post, pack: str, region: str = "", indicator: str = ""
) -> QuerySet[Shortfall]:
    """Return what is not known, as things to ask: household, indicator, fields.

    Raises:
        ScopeMissing: outside a region scope.
    """
    found = Shortfall.objects.filter(
        _inside(viewer, region), pack=pack, verdict=MARK_BY_WORD["unknown"]
    )
    if indicator:
        found = found.filter(indicator=indicator)
    return found.select_related("household").order_by("village_id", "pk")


def question_counts(*, viewer: Post, pack: str, region: str = "") -> dict[str, int]:
    """Return how many households are unknown in each indicator of a pack.

    Raises:
        ScopeMissing: outside a region scope.
    """
    found = question_list(viewer=viewer, pack=pack, region=region).order_by()
    return dict(found.values_list("indicator").annotate(n=Count("pk")))


def asked_words(reasons: Sequence[Mapping[str, Any]], pack: Pack, language: str) -> str:
    """Return the fields that must be asked for, each once, in words."""
    dictionary = load_dictionary()
    derived = {(d.level, d.name): d.label for d in pack.derived}
    words: dict[str, None] = {}
    for cause in reasons:
        level, name = cause["level"], cause["name"]
        if not name:
            words[translator(language)("the household has no rows of members")] = None
            continue
        if cause["value"] is not None:
            continue
        label = derived.get((level, name))
        if label is None and name in pack.params:
            label = pack.params[name].label
        elif label is None:
            label = dictionary.level(level).by_name[name].label
        words[label.in_(language)] = None
    return ("、" if language == "zh" else ", ").join(words)


def helper_shown(name: str, viewer: Post) -> str:
    """Return the name of a person in charge as far as the viewer may read it."""
    field = load_dictionary().level("household").by_name["helper_name"]
    if not name or viewer.rights.shows(field.mask):
        return name
    return MASKED


def _inside(viewer: Post, region: str) -> Q:
    condition = within(viewer.region_id, "village_id")
    return condition & within(region, "village_id") if region else condition
