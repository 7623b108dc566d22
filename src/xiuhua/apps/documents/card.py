"""What stands on a household's card, as data in words; no layout here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

import segno

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.accounts.roles import Role
from xiuhua.apps.assessments.models import Judgement
from xiuhua.apps.assessments.recording import measures_by
from xiuhua.apps.assessments.rules import OVERALL, VERDICT_BY_MARK
from xiuhua.apps.assessments.standards import pack_read
from xiuhua.apps.documents.rules import (
    CARD_FACTS,
    CARD_INCOME,
    CARD_MEMBERS,
    CARD_YEARS,
    stands_on_card,
)
from xiuhua.apps.documents.words import field_named, in_words, label_of, masked, money
from xiuhua.apps.regions import selectors as regions
from xiuhua.apps.registry import selectors as registry
from xiuhua.apps.registry.models import Household
from xiuhua.core.region_codes import ancestors
from xiuhua.messages import translator


_DAY: Final = timedelta(days=1)
# Verdicts that leave something to do or to find out.
_OPEN: Final = ("unmet", "unknown")
_EXPENSE: Final = "business_expense"


@dataclass(frozen=True)
class Asked:
    """How a card is asked for: by whom, in which language, on which day.

    `address` is where the page of a household lies, with `{key}` in place of its key.
    """

    by: Post
    language: str
    day: date
    address: str
    invented: bool = False


def card(household: Household, asked: Asked) -> dict[str, Any]:
    """Return a card in words, masked for the post that asks.

    The code on it holds the address of the household's page alone, which says nothing
    to who may not open it.
    """
    say, language, rights = translator(asked.language), asked.language, asked.by.rights
    head = field_named("household", "head_name")
    members = list(registry.member_list(household=household))
    return {
        "language": language,
        "title": say("Household card"),
        "head": masked(head, household.head_name, language, rights),
        "number": household.number,
        "place": _place(household, asked.day),
        "statuses": _statuses(household, language),
        "facts": _facts(household, language, rights),
        "members_title": say("Members") + f" {len(members)}",
        "members": _members(members, language, rights),
        "nobody": say("No member is entered."),
        "income_title": say("Income, yuan"),
        "income": _income(household, language),
        "no_income": say("No income is stated."),
        "verdicts_title": say("Judged by standards"),
        "verdicts": _verdicts(household, language),
        "made": _made(asked),
        "without": say(
            "Numbers, accounts and health do not stand on this card. For use by those "
            "in charge and by the household; not for posting."
        ),
        "invented": say("Invented data. Nobody lives here.") if asked.invented else "",
        "code": code_of(asked.address.replace("{key}", str(household.pk))),
        "code_words": say("Page of the household"),
    }


def code_of(address: str) -> str:
    """Return an address as a QR code, as SVG."""
    return str(segno.make(address, error="m").svg_inline(border=0, scale=4))


def _place(household: Household, day: date) -> str:
    codes = [c for c in ancestors(household.village_id) if c]
    names = regions.names_of(codes=codes, as_of=day)
    return " ".join(names[code] for code in codes)


def _statuses(household: Household, language: str) -> list[str]:
    exit_status = field_named("household", "exit_status")
    words = [
        _WORDS["registration"][household.registration],
        _WORDS["monitoring"][household.monitoring],
    ]
    say = translator(language)
    poverty = in_words(exit_status, household.poverty, language)
    return [
        say(words[0]),
        f"{label_of(exit_status, language)}: {poverty}",
        say(words[1]),
    ]


def _facts(household: Household, language: str, rights: Role) -> list[list[str]]:
    fields = [field_named("household", name) for name in CARD_FACTS]
    return [
        [label_of(f, language), masked(f, getattr(household, f.name), language, rights)]
        for f in fields
        if stands_on_card(f)
    ]


def _members(members: list[Any], language: str, rights: Role) -> dict[str, Any]:
    fields = [field_named("person", name) for name in CARD_MEMBERS]
    fields = [f for f in fields if stands_on_card(f)]
    return {
        "columns": [label_of(f, language) for f in fields],
        "rows": [
            [masked(f, getattr(person, f.name), language, rights) for f in fields]
            for person in members
        ],
    }


def _income(household: Household, language: str) -> dict[str, Any]:
    say = translator(language)
    fields = [field_named("household", name) for name in CARD_INCOME]
    rows = []
    for stated in registry.income_list(household=household)[:CARD_YEARS]:
        amounts = [getattr(stated, f.name) for f in fields]
        net = _net(dict(zip(CARD_INCOME, amounts, strict=True)))
        per_head = _per_head(net, household.persons_count)
        last = stated.window_to - _DAY
        window = f"{stated.window_from:%Y-%m} – {last:%Y-%m}"
        rows.append([window, *(money(a, language) for a in (*amounts, net, per_head))])
    heads = [label_of(f, language) for f in fields]
    return {
        "columns": [say("Window"), *heads, say("Net"), say("Net per head")],
        "rows": rows,
    }


def _net(amounts: dict[str, Decimal | None]) -> Decimal | None:
    """Return sources less expense; unknown when any of them is."""
    if any(amount is None for amount in amounts.values()):
        return None
    known = {name: amount or Decimal(0) for name, amount in amounts.items()}
    expense = known.pop(_EXPENSE)
    return sum(known.values(), Decimal(0)) - expense


def _per_head(net: Decimal | None, persons: int) -> Decimal | None:
    return None if net is None or not persons else net / persons


def _verdicts(household: Household, language: str) -> list[list[str]]:
    """Return each standard in force with its overall verdict and the day of it."""
    found = Judgement.objects.filter(household=household).order_by("pack")
    return [_verdict(judged, language) for judged in found]


def _verdict(judged: Judgement, language: str) -> list[str]:
    """Return the standard, its verdict, the indicators that are open, and the day."""
    say, pack = translator(language), pack_read(judged.pack)
    labels = {i.id: i.label.in_(language) for i in pack.indicators}
    marks = zip(measures_by(judged.fingerprint), judged.verdicts, strict=True)
    said = [
        (labels.get(m, m), VERDICT_BY_MARK[mark].word)
        for m, mark in marks
        if m != OVERALL
    ]
    part = "、" if language == "zh" else ", "
    listed = part.join(f"{label} ({say(w)})" for label, w in said if w in _OPEN)
    verdict = say(VERDICT_BY_MARK[judged.overall].word)
    return [pack.title.in_(language), verdict, listed, str(judged.as_of)]


def _made(asked: Asked) -> str:
    say = translator(asked.language)
    role = asked.by.rights.label.in_(asked.language)
    return say("Made on {day} by {role}").format(day=asked.day, role=role)


# The axes of status in words of the source; the catalog has the Chinese.
_WORDS: Final = {
    "registration": {
        "none": "not registered",
        "registered": "registered",
        "removed": "removed as wrongly listed",
        "ended": "household ended",
    },
    "monitoring": {
        "none": "not monitored",
        "lead": "lead under examination",
        "included": "monitored",
        "withheld": "monitored, clearance withheld",
        "cleared": "risk cleared",
        "included_again": "monitored again",
    },
}
