"""Orders of cards, made by their only writer."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.factories.accounts import make_post
from tests.factories.moments import NOON
from tests.factories.registry import VILLAGE, make_household

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.accounts.scope import region_scope
from xiuhua.apps.documents import services as documents
from xiuhua.apps.documents.card import Asked
from xiuhua.apps.documents.models import Printing


ADDRESS = "https://county.example/households/{key}/"


def make_asked(by: Post | None = None, **said: Any) -> Asked:
    """Return how a clerk asks for a paper, in English on the tests' day."""
    by = by or make_post("township_clerk", VILLAGE[:9])
    usual = {"language": "en", "day": date(2019, 6, 23), "address": ADDRESS}
    return Asked(by=by, **usual | said)


def make_printing(**said: Any) -> Printing:
    """Order the cards of a village of one household."""
    if "by" not in said:
        make_household()
        said["by"] = make_post("township_clerk", VILLAGE[:9])
    usual = {"region": VILLAGE, "language": "zh", "address": ADDRESS, "at": NOON}
    with region_scope([said["by"].region_id]):
        return documents.printing_order(**usual | said)
