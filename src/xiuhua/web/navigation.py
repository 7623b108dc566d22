"""The entries of the navigation, in the order people work, and where each post starts.

An entry shows only to posts that may ask for its page. A page family adds one line.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.accounts.rules import PostState


@dataclass(frozen=True)
class Entry:
    """A line of the navigation: the name of its page, its words, who sees it.

    `unless` is a permission whose holders have another line for the same pages.
    `family` is what the names of all its pages start with, so that the entry is marked
    as the current one on each of them.
    """

    page: str
    label: Any
    permission: Permission
    unless: Permission | None = None

    def shows(self, post: PostState) -> bool:
        """Test whether a post sees the line: it may ask, and has no wider one."""
        wider = self.unless is not None and post.allows(self.unless)
        return post.allows(self.permission) and not wider

    @property
    def family(self) -> str:
        """Return what the names of the family's pages start with."""
        return self.page.partition(":")[0]


ENTRIES: Final = (
    Entry("mine:index", _("My work"), Permission.HOUSEHOLD_VIEW),
    Entry("room:home", _("Command room"), Permission.FIGURES_VIEW),
    Entry("households:index", _("Households"), Permission.HOUSEHOLD_VIEW),
    Entry("ledger:index", _("Ledger"), Permission.PROBLEM_VIEW),
    Entry("assistance:index", _("Assistance"), Permission.HOUSEHOLD_VIEW),
    Entry("plans:index", _("Plans"), Permission.HOUSEHOLD_VIEW),
    Entry("drives:index", _("Drives"), Permission.FIGURES_VIEW),
    Entry("screening:index", _("Screening"), Permission.FIGURES_VIEW),
    Entry("health:index", _("Data health"), Permission.HOUSEHOLD_VIEW),
    Entry("exchange:index", _("Exchange"), Permission.ROWS_IMPORT),
    # Who takes rows away without bringing any in has no other page of the exchange.
    Entry(
        "exchange:export",
        _("Export"),
        Permission.ROWS_EXPORT,
        unless=Permission.ROWS_IMPORT,
    ),
    Entry("regions:index", _("Regions"), Permission.REGION_EDIT),
    Entry("people:index", _("People"), Permission.PEOPLE_MANAGE),
    Entry("security:index", _("Security"), Permission.SECURITY_MANAGE),
    Entry("auditing:index", _("Audit"), Permission.AUDIT_READ),
    Entry("system:index", _("System"), Permission.SYSTEM_VIEW),
)


@dataclass(frozen=True)
class Shown:
    """An entry as a page shows it."""

    label: Any
    url: str
    current: bool


def entries_of(post: PostState | None, *, current: str = "") -> list[Shown]:
    """Return the entries a post sees; `current` is the name of the page it is on."""
    if post is None:
        return []
    family = current.partition(":")[0]
    shown = []
    for entry in ENTRIES:
        url = address_of(entry.page) if entry.shows(post) else ""
        if url:
            shown.append(Shown(entry.label, url, entry.family == family))
    return shown


def address_of(page: str, *args: Any) -> str:
    """Return the address of a page, empty in an installation without its family."""
    try:
        return str(reverse(page, args=args))
    except NoReverseMatch:
        return ""
