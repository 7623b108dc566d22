"""The code lists of drives for forms and pages, which never touch models."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from xiuhua.apps.ledger.models import Kind, Source
from xiuhua.apps.ledger.rules import State
from xiuhua.apps.supervision.models import DriveKind


KINDS: Final = DriveKind.choices
SOURCES: Final = Source.choices
CLASSES: Final = Kind.choices
STATES: Final[Mapping[str, Any]] = MappingProxyType(
    {
        State.REGISTERED: _("registered (待交办)"),
        State.ASSIGNED: _("assigned (待签收)"),
        State.SIGNED_FOR: _("signed for (已签收)"),
        State.IN_RECTIFICATION: _("in rectification (整改中)"),
        State.CONTINUING: _("continuing (长期坚持)"),
        State.DISPUTED: _("disputed (有异议)"),
        State.AWAITING_VERIFICATION: _("awaiting verification (待验收)"),
        State.STRUCK_OFF: _("struck off (已销号)"),
        State.NOT_SUBSTANTIATED: _("not substantiated (不属实)"),
        State.MERGED: _("merged (已合并)"),
    }
)
