"""Periodic jobs of this app; each returns a template of what came out, and figures."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone

from xiuhua.apps.accounts.scope import EVERYWHERE, region_scope
from xiuhua.apps.audit.rules import Actor
from xiuhua.apps.ledger.opening_rules import RULES
from xiuhua.apps.ledger.services.escalating import problems_escalate
from xiuhua.apps.ledger.services.opening import problems_open


def ledger_kept(*, at: datetime) -> tuple[str, dict[str, int]]:
    """Open problems by rule and escalate what is overdue."""
    opened = opened_by_rule(RULES, at=at, by=Actor.command("tick"))
    with region_scope(EVERYWHERE):
        late = problems_escalate(by=Actor.command("tick"), at=at)
    figures = {"opened": sum(opened.values()), "escalated": late}
    return "{opened} problems opened by rule, {escalated} went one level up", figures


def opened_by_rule(names: Iterable[str], *, at: datetime, by: Actor) -> dict[str, int]:
    """Follow some rules on a day; return how many problems each opened."""
    day = timezone.localtime(at).date()
    with region_scope(EVERYWHERE):
        return {
            name: len(problems_open(causes=RULES[name](day), by=by, at=at))
            for name in names
        }
