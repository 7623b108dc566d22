"""Read which standards are in force where."""

from __future__ import annotations

from datetime import date

from django.db.models import Q

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.assessments.models import Adoption
from xiuhua.apps.assessments.standards import adoption_list_at
from xiuhua.apps.regions.selectors import within
from xiuhua.core.errors import XiuhuaError


class AdoptionNotFound(XiuhuaError):
    """No such adoption in the viewer's region; it may exist elsewhere."""

    code = "assessments.adoption_not_found"


def adoption_list(*, viewer: Post, day: date) -> list[Adoption]:
    """Return what is in force on a day for the viewer's region and in parts of it.

    Raises:
        ScopeMissing: outside a region scope.
    """
    region = viewer.region_id
    found = {
        a.pk: a
        for unit in ("household", "village")
        for a in adoption_list_at(county=region, day=day, unit=unit)
    }
    below = Adoption.objects.filter(
        within(region, "region_id"),
        Q(valid_to__isnull=True) | Q(valid_to__gt=day),
    )
    found |= {a.pk: a for a in below}
    return sorted(found.values(), key=lambda a: (a.unit, a.pack, a.region_id, a.pk))


def adoption_get(*, viewer: Post, key: int) -> Adoption:
    """Return an adoption of the viewer's region or a part of it.

    Raises:
        AdoptionNotFound: when there is none there; foreign ones answer alike.
        ScopeMissing: outside a region scope.
    """
    found = Adoption.objects.filter(within(viewer.region_id, "region_id"), pk=key)
    adoption = found.first()
    if adoption is None:
        raise AdoptionNotFound("there is no such standard in force")
    return adoption


def judging_day(*, viewer: Post, today: date) -> date:
    """Return the day the standard of households is judged for where a post is."""
    found = adoption_list_at(county=viewer.region_id, day=today, unit="household")
    return found[0].as_of if found else today
