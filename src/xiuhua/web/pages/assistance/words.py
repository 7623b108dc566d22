"""Words for what is wrong with a team; an indicator by its name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from xiuhua.apps.assessments.selectors.room_standards import StandardShown
from xiuhua.apps.assistance.rules import Breach
from xiuhua.web.shell import worded


BREACHES: Final[dict[Breach, Any]] = {
    Breach.TOO_FEW: _("too few people"),
    Breach.NO_FIRST_SECRETARY: _("no first secretary"),
    Breach.TERM_TOO_SHORT: _("a term is too short"),
    Breach.TERM_OVER: _("a term is over"),
    Breach.LEFT_EARLY: _("somebody left before the term"),
}


# What happens to a visit beside its steps.
BESIDE: Final[dict[str, Any]] = {
    "take_up": _("put onto the ledger"),
    "paper": _("paper added"),
}


def breaches_said(breaches: Iterable[Breach]) -> str:
    """Return what is wrong with a team in words, in the order of the list."""
    found = set(breaches)
    return "；".join(str(BREACHES[b]) for b in Breach if b in found)


def indicator_choices(standards: Iterable[StandardShown]) -> list[tuple[str, str]]:
    """Return the indicators of standards with their names, as a form offers them."""
    return [
        (f"{standard.pack}.{code}", worded(label))
        for standard in standards
        for code, label in standard.indicators
    ]
