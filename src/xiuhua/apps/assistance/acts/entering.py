"""Find or enter units and helpers; check what is said of a helper."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import CharField, Value
from django.db.models.functions import Cast, Concat, LPad

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.assistance.acts.recording import Done, booked
from xiuhua.apps.assistance.choices import Rank
from xiuhua.apps.assistance.people import Helper, Unit
from xiuhua.apps.regions.selectors import within
from xiuhua.apps.registry.initials import initials_of
from xiuhua.apps.sheets.finding import parts
from xiuhua.core.errors import XiuhuaError
from xiuhua.core.id_number import check_character, tidied
from xiuhua.core.region_codes import LENGTH_BY_LEVEL
from xiuhua.sealing.fields import index_of


# What a helper's row says that a form may change.
FACTS: Final = frozenset(
    {"unit", "name", "id_number", "phone", "rank", "position", "left_on", "user"}
)
_COUNTY: Final = LENGTH_BY_LEVEL["county"]
_NUMBER: Final = "B{:09d}"
_ID_LENGTH: Final = 18
# What stands where a list names no unit.
_NO_UNIT: Final = "—"


class HelpUnfit(XiuhuaError):
    """A unit, helper, team, drive or roster cannot be entered like this; says why."""

    code = "assistance.help_unfit"


@dataclass(frozen=True)
class HelperSaid:
    """A helper as a list names one; number, rank and phone may be missing."""

    name: str
    unit: str = ""
    number: str = ""
    rank: str = ""
    phone: str = ""


def checked_facts(facts: Mapping[str, Any], helper: Helper | None) -> dict[str, Any]:
    """Return what is said of a helper as the row keeps it.

    Raises:
        HelpUnfit: when a fact is none, the name is missing, the rank unknown, the ID
            number wrong or another helper's, or the user another helper.
    """
    unknown = set(facts) - FACTS
    if unknown:
        raise HelpUnfit("{name} is no part of a helper", name=min(unknown))
    found = dict(facts)
    if "name" in found:
        found["name"] = found["name"].strip()
        found["name_initials"] = initials_of(found["name"])
    if (helper is None or "name" in found) and not found.get("name"):
        raise HelpUnfit("say who it is: name and unit")
    if found.get("rank") and found["rank"] not in Rank.values:
        raise HelpUnfit("choose the rank from the list")
    if found.get("id_number"):
        found["id_number"] = _checked_id(found["id_number"], helper)
    user = found.get("user")
    others = Helper.unscoped.filter(user=user).exclude(pk=helper.pk if helper else None)
    if user is not None and others.exists():
        raise HelpUnfit("this user is another helper")
    return found


def helpers_found(
    said: Iterable[HelperSaid], *, region: str, by: Post, at: datetime
) -> dict[HelperSaid, Helper]:
    """Return the helpers lists name, entering units and helpers that are missing.

    Without a number, a name with its unit is one person in the county; so is a name
    without unit that one helper of the county has. Whoever is entered belongs to a
    unit of the region the list is for.
    """
    wanted = list(dict.fromkeys(said))
    county = region[:_COUNTY]
    known: defaultdict[tuple[str, str], list[Helper]] = defaultdict(list)
    numbered: dict[str, Helper] = {}
    for helper in Helper.unscoped.filter(
        within(county, "unit__region_id"), left_on__isnull=True
    ).select_related("unit"):
        _noted(helper, known, numbered)
    found = {one: _known(one, known, numbered) for one in wanted}
    new = [one for one in wanted if found[one] is None]
    units = _units(new, county=county, region=region)
    for helper in _entered(new, units, by=by, at=at):
        _noted(helper, known, numbered)
    return {
        one: helper
        for one in wanted
        if (helper := found[one] or _known(one, known, numbered)) is not None
    }


def _noted(
    helper: Helper,
    known: dict[tuple[str, str], list[Helper]],
    numbered: dict[str, Helper],
) -> None:
    for unit in (helper.unit.name, ""):
        known[(helper.name, unit)].append(helper)
    numbered[helper.number] = helper


def _known(
    one: HelperSaid,
    known: Mapping[tuple[str, str], list[Helper]],
    numbered: Mapping[str, Helper],
) -> Helper | None:
    """Return who is meant, None for nobody; a bare name of several is nobody."""
    if one.number:
        return numbered.get(one.number)
    named = known.get((one.name, one.unit), [])
    if one.unit or len(named) == 1:
        return named[0] if named else None
    bare = known.get((one.name, _NO_UNIT), [])
    return bare[0] if bare else None


def number_given(helper: Helper) -> None:
    """Number a helper the national system has not numbered, by the row's key."""
    helper.number = _NUMBER.format(helper.pk)


def _numbered(helpers: Sequence[Helper]) -> None:
    """Number helpers by their keys in the database as `number_given` does."""
    digits = LPad(Cast("pk", CharField()), 9, Value("0"))
    for part in parts(helpers):
        rows = Helper.unscoped.filter(pk__in=[helper.pk for helper in part])
        rows.update(number=Concat(Value(_NUMBER[0]), digits))
        for helper in part:
            number_given(helper)


def unnumbered() -> str:
    """Return what stands for a number until the row has a key to be numbered by."""
    return f"new-{uuid.uuid4()}"


def _unit(one: HelperSaid) -> str:
    return one.unit or _NO_UNIT


def _units(said: Iterable[HelperSaid], *, county: str, region: str) -> dict[str, Unit]:
    names = sorted({_unit(one) for one in said})
    found = Unit.unscoped.filter(within(county, "region_id"), name__in=names)
    units = {unit.name: unit for unit in found.order_by("-region_id", "-pk")}
    missing = [name for name in names if name not in units]
    for unit in Unit.objects.bulk_create(
        Unit(region_id=region, name=name, once=f"unit/{uuid.uuid4()}")
        for name in missing
    ):
        units[unit.name] = unit
    return units


def _entered(
    said: Iterable[HelperSaid], units: Mapping[str, Unit], *, by: Post, at: datetime
) -> list[Helper]:
    new = {(one.name, _unit(one), one.number): one for one in said}
    made = Helper.objects.bulk_create(
        [
            Helper(
                number=one.number or unnumbered(),
                unit=units[_unit(one)],
                name=one.name,
                name_initials=initials_of(one.name),
                rank=one.rank,
                phone=one.phone,
                once=f"helper/{uuid.uuid4()}",
            )
            for one in new.values()
        ],
        batch_size=500,
    )
    _numbered([h for h, one in zip(made, new.values(), strict=True) if not one.number])
    by_region: dict[str, list[Done]] = {}
    for helper in made:
        done = Done("enter", helper, {"unit": helper.unit_id})
        by_region.setdefault(helper.unit.region_id, []).append(done)
    for code in sorted(by_region):
        booked(by_region[code], region=code, by=by, at=at)
    return made


def _checked_id(text: str, helper: Helper | None) -> str:
    number = tidied(text)
    sound = len(number) == _ID_LENGTH and number[:-1].isdigit()
    if not sound or check_character(number[:-1]) != number[-1]:
        raise HelpUnfit("the ID number has a wrong length or check character")
    others = Helper.unscoped.filter(
        id_number_index=index_of(Helper, "id_number", number)
    )
    if helper is not None:
        others = others.exclude(pk=helper.pk)
    if others.exists():
        raise HelpUnfit("another helper has this ID number")
    return number
