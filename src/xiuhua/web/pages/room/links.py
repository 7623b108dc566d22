"""Where a figure leads: the list of exactly the households it counts."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Final
from urllib.parse import urlencode

from django.urls import reverse

from xiuhua.apps.assessments.totals import EXITED, LEFT, UNSAID
from xiuhua.core.truth import Verdict


# What the list of households calls several statuses taken together.
_WORDS: Final = {LEFT: "left", EXITED: "exited", UNSAID: "unknown"}


class Lists:
    """Links to lists; none for a day gone by: lists show what is so now."""

    def __init__(self, *, now: bool, standard: str = ""):
        self.now, self.standard = now, standard
        # A page has hundreds of these: the pattern is resolved once.
        self.path = reverse("households:index")

    def of_status(self, region: str, poverty: Iterable[str] | None) -> str:
        """Return the address of the registered households of some exit statuses."""
        return self._address(region, poverty)

    def of_verdict(
        self,
        region: str,
        measure: str,
        verdict: Verdict,
        poverty: Iterable[str] | None,
    ) -> str:
        """Return the address of the households with a verdict in a measure."""
        said = f"{self.standard}.{measure}.{verdict.word}"
        return self._address(region, poverty, verdict=said)

    def _address(self, region: str, poverty: Iterable[str] | None, **said: str) -> str:
        if not self.now:
            return ""
        status = None if poverty is None else tuple(poverty)
        return f"{self.path}?region={region}&{_narrowed(status, **said)}"


@lru_cache(maxsize=512)
def _narrowed(poverty: tuple[str, ...] | None, **said: str) -> str:
    query = {"registration": "registered"}
    if poverty is not None:
        query["poverty"] = _WORDS[poverty]
    return urlencode(query | said)
