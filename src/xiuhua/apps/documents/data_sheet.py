"""All that is held about a person, for the person: in full, with where it came from.

个人信息保护法 (in force 2021-11-01), articles 17, 44 and 45: a person may know what is
kept of them, for what, how long, and have it. The sheet shows what no page shows at
once, so it is made for a reason and by posts that may see what is withheld.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.conf import settings

from xiuhua.apps.accounts.wording import posts_in_words
from xiuhua.apps.attachments.models import Attachment
from xiuhua.apps.audit import selectors as record
from xiuhua.apps.documents.card import Asked
from xiuhua.apps.documents.words import field_named, in_words, label_of
from xiuhua.apps.regions import selectors as regions
from xiuhua.apps.registry import selectors as registry
from xiuhua.apps.registry.facts import INCOME, column_of, fact_names
from xiuhua.apps.registry.models import Change, Household, Person
from xiuhua.apps.registry.withholding import REASONS
from xiuhua.core.region_codes import ancestors
from xiuhua.messages import translator


_DAY: Final = timedelta(days=1)
_SEEN: Final = (
    "registry.secret.revealed",
    "documents.data_sheet.made",
    "documents.card.made",
)
# Words of the source; the catalog has the Chinese.
_KEPT: Final = (
    "The archive is kept as long as the household is on the register or monitored, "
    "and its history with it; what the law orders to be erased is erased by an act of "
    "its own.",
    "The record of who did what is kept for good and cannot be changed; it names "
    "records, not their values.",
)
_RIGHTS: Final = (
    "Have a wrong value corrected: the village or the township takes it.",
    "Ask again at any time; every time somebody looks, it is listed here.",
    "Object to being listed, or to not being listed.",
)


@dataclass(frozen=True)
class Origin:
    """Where a value came from: recorded when, since when it holds, by whom."""

    change: Change

    def words(self, asked: Asked, posts: Mapping[str, str]) -> list[str]:
        """Return day of recording, first day, and who or which file."""
        change = self.change
        source = change.batch.source if change.batch else posts[change.by_post]
        recorded = change.recorded_at.astimezone(ZoneInfo(settings.TIME_ZONE))
        return [f"{recorded:%Y-%m-%d}", f"{change.valid_from:%Y-%m-%d}", source]


def data_sheet(person: Person, household: Household, asked: Asked) -> dict[str, Any]:
    """Return the sheet in words."""
    say = translator(asked.language)
    changes = _changes(household)
    entries = _entries(person, household)
    every_post = [c.by_post for c in changes] + [e.post for e in entries]
    posts = posts_in_words(every_post, language=asked.language, day=asked.day)
    own = [c for c in changes if c.person_id == person.pk]
    shared = [c for c in changes if c.person_id is None and c.statement_id is None]
    about_home = _facts("household", household, shared, asked, posts)
    return _standing_words(asked) | {
        "name": person.name or person.number,
        "number": f"{person.number} · {household.number}",
        "place": _place(household, asked),
        "sections": [
            [say("About you"), _facts("person", person, own, asked, posts)],
            [say("About your household"), about_home],
        ],
        "income": _income(household, asked),
        "files": _files(household, asked.language),
        "seen": [_seen(entry, asked, posts) for entry in entries],
    }


def _standing_words(asked: Asked) -> dict[str, Any]:
    """Return what every sheet says: titles, heads of columns, periods, rights."""
    say = translator(asked.language)
    facts = ["What", "What is held", "Recorded", "Holds since", "From"]
    return {
        "language": asked.language,
        "title": say("What is held about me"),
        "invented": say("Invented data. Nobody lives here.") if asked.invented else "",
        "why": say(
            "Kept by the poverty alleviation office for finding out what a household "
            "lacks and helping it. This sheet shows everything in full; keep it safe."
        ),
        "columns": [say(words) for words in facts],
        "income_title": say("Income of your household, yuan"),
        "files_title": say("Files"),
        "seen_title": say("Who saw withheld values or made papers"),
        "seen_columns": [say(words) for words in ("When", "Who", "What", "For what")],
        "nobody": say("Nobody so far."),
        "none": say("None."),
        "kept_title": say("How long it is kept"),
        "kept": [say(words) for words in _KEPT],
        "rights_title": say("What you may do"),
        "rights": [say(words) for words in _RIGHTS],
        "made": _made(asked),
    }


def _changes(household: Household) -> list[Change]:
    found = Change.objects.filter(household=household).select_related("batch")
    return list(found.order_by("pk"))


def _facts(
    level: str, row: Any, changes: list[Change], asked: Asked, posts: Mapping[str, str]
) -> list[list[str]]:
    """Return what is known of a row, in full; what is not known is not held."""
    origins = {
        column: Origin(change) for change in changes for column in (change.new or {})
    }
    lines = []
    for name in fact_names(level):
        value, field = getattr(row, name), field_named(level, name)
        if value in (None, ""):
            continue
        origin = origins.get(column_of(level, name))
        whence = origin.words(asked, posts) if origin else ["–", "–", "–"]
        words = in_words(field, value, asked.language)
        lines.append([label_of(field, asked.language), words, *whence])
    return lines


def _income(household: Household, asked: Asked) -> list[list[str]]:
    lines = []
    for stated in registry.income_list(household=household):
        window = f"{stated.window_from:%Y-%m} – {stated.window_to - _DAY:%Y-%m}"
        for name in INCOME:
            value = getattr(stated, name)
            if value is not None:
                field = field_named("household", name)
                words = in_words(field, value, asked.language)
                lines.append(
                    [window, label_of(field, asked.language), words, stated.source]
                )
    return lines


def _files(household: Household, language: str) -> list[str]:
    found = Attachment.objects.filter(
        subject_kind="registry.household", subject_id=str(household.pk), removed_at=None
    )
    zone = ZoneInfo(settings.TIME_ZONE)
    return [
        f"{a.name} · {a.added_at.astimezone(zone):%Y-%m-%d}"
        for a in found.order_by("added_at")
    ]


def _entries(person: Person, household: Household) -> list[Any]:
    own = record.entry_list(target="registry.person", target_id=str(person.pk))
    shared = record.entry_list(target="registry.household", target_id=str(household.pk))
    kept = [q.filter(action__in=_SEEN) for q in (own, shared)]
    return sorted(chain(*kept), key=lambda entry: entry.recorded_at, reverse=True)


def _seen(entry: Any, asked: Asked, posts: Mapping[str, str]) -> list[str]:
    say, said = translator(asked.language), entry.new or {}
    at = entry.recorded_at.astimezone(ZoneInfo(settings.TIME_ZONE))
    level = entry.target.partition(".")[2]
    if entry.action == "registry.secret.revealed":
        what = label_of(field_named(level, said["fields"]), asked.language)
        reason = REASONS[said["reason"]].in_(asked.language)
        why = f"{reason} · {said['explanation']}"
    else:
        sheet = entry.action == "documents.data_sheet.made"
        what = say("This sheet") if sheet else say("Household card")
        why = said.get("reason", "–")
    return [f"{at:%Y-%m-%d %H:%M}", posts[entry.post], what, why]


def _place(household: Household, asked: Asked) -> str:
    codes = [c for c in ancestors(household.village_id) if c]
    names = regions.names_of(codes=codes, as_of=asked.day)
    return " ".join(names[code] for code in codes)


def _made(asked: Asked) -> str:
    role = asked.by.rights.label.in_(asked.language)
    made = translator(asked.language)("Made on {day} by {role}")
    return made.format(day=asked.day, role=role)
