"""States, outcomes and the like in words."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from xiuhua.apps.exchange.rules import Difference, Origin, Outcome, State


STATES: Final[Mapping[str, Any]] = MappingProxyType(
    {
        State.RECEIVED: _("waiting to be read"),
        State.READING: _("being read"),
        State.COMPARED: _("compared, nothing counts yet"),
        State.PROMOTING: _("being taken over"),
        State.PROMOTED: _("taken over"),
        State.UNDONE: _("taken back"),
        State.FAILED: _("failed, nothing was changed"),
        State.DISCARDED: _("put aside"),
    }
)
TONES: Final[Mapping[str, str]] = MappingProxyType(
    {
        State.COMPARED: "warn",
        State.PROMOTED: "good",
        State.FAILED: "bad",
    }
)
ORIGINS: Final[Mapping[str, Any]] = MappingProxyType(
    {
        Origin.NATIONAL: _("export of the national system"),
        Origin.OWN: _("our template or a sheet handed out here"),
        Origin.LIST: _("list of another office"),
    }
)
OUTCOMES: Final[Mapping[str, Any]] = MappingProxyType(
    {
        Outcome.NEW: _("new"),
        Outcome.UPDATED: _("changed"),
        Outcome.CONFLICT: _("in conflict"),
        Outcome.UNCHANGED: _("unchanged"),
        Outcome.DUPLICATE: _("repeated"),
        Outcome.REJECTED: _("rejected"),
    }
)
OUTCOME_TONES: Final[Mapping[str, str]] = MappingProxyType(
    {
        Outcome.NEW: "good",
        Outcome.UPDATED: "good",
        Outcome.CONFLICT: "warn",
        Outcome.REJECTED: "bad",
    }
)
KINDS: Final[Mapping[str, Any]] = MappingProxyType(
    {
        Difference.CHANGED: _("changed"),
        Difference.CONFLICT: _("in conflict"),
        Difference.BEHIND: _("the file does not know our edit yet"),
    }
)
STEPS: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "parse": _("reading the file"),
        "compare": _("comparing with the registry"),
        "balance": _("balancing the rows"),
        "promote": _("taking the rows over"),
    }
)
LEVELS: Final[Mapping[str, Any]] = MappingProxyType(
    {"household": _("household"), "person": _("person"), "village": _("village")}
)
DOWNLOADS: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "marked": _("workbook with its bad cells marked"),
        "sheet": _("sheet to be corrected"),
        "export": _("export"),
    }
)
