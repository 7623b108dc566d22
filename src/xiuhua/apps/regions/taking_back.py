"""What it takes to undo a replacement of regions whose day has not come."""

from __future__ import annotations

from datetime import date

from django.db.models import ProtectedError

from xiuhua.apps.regions.models import Region, Succession
from xiuhua.apps.regions.rules import (
    HeirInUse,
    NothingAhead,
    check_life,
    renumbered,
)
from xiuhua.apps.regions.selectors import within
from xiuhua.core.periods import Period


def ahead_of(code: str, *, today: date) -> list[Succession]:
    """Return what is to become of a region, and of the parts that go with it.

    Raises:
        NothingAhead: when nothing is to become of it, or its day has come.
    """
    every = Succession.objects.select_related("predecessor", "successor")
    every = every.select_for_update(of=("self",))
    ahead = list(every.filter(predecessor__code=code))
    if not ahead:
        raise NothingAhead("nothing is to become of this region on a day to come")
    on = ahead[0].on_date
    if on <= today:
        raise NothingAhead(
            "the region was replaced on {day} and its households may have moved since:"
            " this is not taken back",
            hint="enter another replacement that leads back",
            day=on,
        )
    if len(ahead) > 1:
        return ahead
    # With another code for the whole, each part got the same ending under it.
    heir = ahead[0].successor.code
    below = every.filter(within(code, "predecessor__code"), on_date=on)
    return ahead + [
        one
        for one in below
        if one.predecessor.code != code
        and one.successor.code == renumbered(one.predecessor.code, old=code, new=heir)
    ]


def begun_again(region: Region, on: date) -> str:
    """Let a region that was to end on a day stay; return its name.

    Raises:
        OutsideParent: when the region around it still ends.
    """
    around = Region.objects.filter(parts=region).first()
    until = Period(None, around.valid_to if around else None)
    check_life(Period(region.valid_from, None), around=until, code=region.code)
    region.valid_to = None
    region.save(update_fields=["valid_to"])
    last = region.names.get(valid_to=on)
    last.valid_to = None
    last.save(update_fields=["valid_to"])
    return last.name


def withdrawn(heir: Region, on: date) -> str | None:
    """Remove a region that was to begin on a day for this alone; return its name.

    None where it lives already, or takes the place of another one too.

    Raises:
        HeirInUse: when something hangs on it.
    """
    if heir.valid_from != on or heir.origins.exists():
        return None
    name = heir.names.order_by("pk")[0].name
    try:
        heir.delete()
    except ProtectedError as error:
        raise HeirInUse(
            "{code} was to take its place, and something hangs on it already",
            hint="take back first what was entered for {code}",
            code=heir.code,
        ) from error
    return name
