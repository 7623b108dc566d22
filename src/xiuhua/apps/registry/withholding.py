"""Which values are withheld, for which reasons they are shown, and how many a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.audit import selectors as record
from xiuhua.core.dictionary.model import Field, Label, Mask
from xiuhua.core.dictionary.reader import load_dictionary
from xiuhua.core.errors import XiuhuaError


ACTION: Final = "registry.secret.revealed"
REASONS: Final[Mapping[str, Label]] = MappingProxyType(
    {
        "papers": Label("核对证件", "Comparing with papers"),
        "payment": Label("发放补贴到户", "Paying a subsidy"),
        "matching": Label("与部门数据比对", "Matching with another office"),
        "request": Label("本人申请", "The person asks"),
        "inspection": Label("上级核查", "An inspection asks"),
        "other": Label("其他", "Another reason"),
    }
)
EXPLAINED_LEAST: Final = 4


class RevealRefused(XiuhuaError):
    """A withheld value is not shown; says why."""

    code = "registry.reveal_refused"


@dataclass(frozen=True)
class Withheld:
    """A withheld field of a household or, with `person_id`, of a member."""

    field: str
    person_id: int | None = None

    @property
    def level(self) -> str:
        """Return the level of the dictionary the field is of."""
        return "household" if self.person_id is None else "person"


def withheld_fields(level: str) -> list[Field]:
    """Return the fields of a level that are shown for a reason alone."""
    fields = load_dictionary().level(level).fields
    return [field for field in fields if field.mask is Mask.SECRET]


def reveals_left(*, by: Post, at: datetime) -> int:
    """Return how many withheld values may still be shown to a person that day."""
    zone = ZoneInfo(settings.TIME_ZONE)
    midnight = datetime.combine(at.astimezone(zone).date(), time.min, zone)
    shown = record.entry_count(actor=by.actor.name, action=ACTION, since=midnight)
    return max(int(settings.REVEALS_A_DAY) - shown, 0)
