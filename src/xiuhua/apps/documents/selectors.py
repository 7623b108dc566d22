"""Read orders of cards: one's own alone."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.documents.models import Printing
from xiuhua.apps.documents.rules import PaperMissing
from xiuhua.apps.regions.selectors import within
from xiuhua.apps.registry import selectors as registry
from xiuhua.apps.registry.models import Household, Person


def printing_list(*, viewer: Post) -> QuerySet[Printing]:
    """Return the orders of a post, the latest first.

    Raises:
        ScopeMissing: outside a region scope.
    """
    return Printing.objects.filter(post=viewer).order_by("-ordered_at", "-pk")


def printing_get(*, viewer: Post, key: int) -> Printing:
    """Return an order of the viewer's own.

    Raises:
        PaperMissing: when there is none; those of others answer alike.
        ScopeMissing: outside a region scope.
    """
    found = printing_list(viewer=viewer).filter(pk=key).first()
    if found is None:
        raise PaperMissing("there is no such order of cards")
    return found


def person_get(*, viewer: Post, person_id: int) -> Person:
    """Return a person of the viewer's region, former members included.

    Raises:
        HouseholdNotFound: when there is none there.
        ScopeMissing: outside a region scope.
    """
    found = Person.objects.filter(within(viewer.region_id, "household__village_id"))
    person = found.filter(pk=person_id).select_related("household").first()
    if person is None:
        raise registry.HouseholdNotFound("there is no such household here")
    return person


def card_households(*, viewer: Post, region: str) -> QuerySet[Household]:
    """Return the households of a region whose cards are made, by key.

    Those on the register, and those that are monitored.

    Raises:
        ScopeMissing: outside a region scope.
    """
    asked = registry.HouseholdFilter(region=region, registration="registered")
    return registry.household_list(viewer=viewer, filters=asked).order_by("pk")


def printings_before(*, before: datetime) -> QuerySet[Printing]:
    """Return the orders given before an instant, whoever gave them."""
    return Printing.unscoped.filter(ordered_at__lt=before)
