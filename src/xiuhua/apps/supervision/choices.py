"""The code lists of drives for forms and pages, which never touch models."""

from __future__ import annotations

from typing import Final

from xiuhua.apps.ledger.codes import Kind, Source
from xiuhua.apps.supervision.models import DriveKind


KINDS: Final = DriveKind.choices
SOURCES: Final = Source.choices
CLASSES: Final = Kind.choices
