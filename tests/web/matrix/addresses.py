"""Every address of the site, found in the resolver, and what it is classified as.

A new address fails the test of the inventory until it is entered here: under `OPEN` to
whom, by which methods. Nothing is entered by a pattern.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.urls import get_resolver
from django.urls.resolvers import URLResolver


@dataclass(frozen=True)
class Address:
    """A page: its full name, its route, the names of its parameters, its view."""

    name: str
    route: str
    parameters: tuple[str, ...]
    view: Any


def addresses() -> list[Address]:
    """Return every address of the site."""
    return list(_walk(get_resolver(), "", ""))


def _walk(resolver: URLResolver, route: str, space: str) -> Iterator[Address]:
    for pattern in resolver.url_patterns:
        here = route + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from _walk(pattern, here, inner)
        else:
            names = tuple(pattern.pattern.converters)
            yield Address(f"{space}{pattern.name}", here, names, pattern.callback)


GP: Final = "GET POST"
# Name of the page: who may ask for it, and by which methods.
OPEN: Final[dict[str, tuple[str, str]]] = {
    "account_login": ("public", GP),
    "account_logout": ("public", GP),
    "account_reauthenticate": ("signed in", GP),
    "mfa_authenticate": ("public", GP),
    "mfa_reauthenticate": ("signed in", GP),
    "account_change_password": ("signed in", GP),
    "mfa_index": ("signed in", GP),
    "mfa_activate_totp": ("signed in", GP),
    "mfa_deactivate_totp": ("signed in", GP),
    "mfa_view_recovery_codes": ("signed in", GP),
    "mfa_generate_recovery_codes": ("signed in", GP),
    "mfa_download_recovery_codes": ("signed in", GP),
    "start": ("signed in", "GET"),
    "post_choose": ("signed in", "POST"),
    "view_save": ("signed in", "POST"),
    "view_forget": ("signed in", "POST"),
    "set_language": ("public", "POST"),
    "own:index": ("signed in", "GET"),
    "people:index": ("people.manage", GP),
    "people:register": ("people.manage", GP),
    "people:person": ("people.manage", "GET"),
    "people:grant": ("people.manage", GP),
    "people:password": ("people.manage", GP),
    "people:post_end": ("people.manage", GP),
    "security:index": ("security.manage", "GET"),
    "security:people": ("security.manage", GP),
    "security:person": ("security.manage", "GET"),
    "security:grant": ("security.manage", GP),
    "security:act": ("security.manage", GP),
    "security:post_end": ("security.manage", GP),
    "auditing:index": ("audit.read", GP),
    "auditing:verify": ("audit.read", "POST"),
    "auditing:anchor": ("audit.read", "GET"),
    "system:live": ("public", "GET"),
    "room:home": ("figures.view", "GET"),
    "room:campaigns": ("region.edit", GP),
    "room:campaign": ("region.edit", GP),
    "room:grouping": ("figures.view", "GET"),
    "room:region": ("figures.view", "GET"),
    "regions:index": ("figures.view", "GET"),
    "regions:page": ("figures.view", "GET"),
    "regions:enter": ("region.edit", GP),
    "regions:rename": ("region.edit", GP),
    "regions:replace": ("region.edit", GP),
    "regions:year": ("region.edit", GP),
    "regions:groupings": ("region.edit", GP),
    "regions:years": ("region.edit", GP),
    "regions:divisions": ("region.edit", GP),
    "regions:boundaries": ("region.edit", GP),
    "households:index": ("household.view", GP),
    "households:bulk": ("rows.import", "POST"),
    "households:bulk_undo": ("rows.import", "POST"),
    "households:register": ("household.edit", GP),
    "households:page": ("household.view", "GET"),
    "households:correct": ("household.edit", GP),
    "households:income_year": ("household.view", "GET"),
    "households:income": ("household.edit", GP),
    "households:member_add": ("household.edit", GP),
    "households:member_correct": ("household.edit", GP),
    "households:history": ("household.view", "GET"),
    "households:then": ("household.view", "GET"),
    "households:step": ("household.edit", GP),
    "households:member_step": ("household.edit", GP),
    "plans:index": ("household.view", GP),
    "plans:measures": ("household.view", GP),
    "plans:missing": ("household.view", "GET"),
    "plans:owner": ("plan.edit", "POST"),
    "plans:propose_all": ("plan.edit", GP),
    "plans:page": ("household.view", "GET"),
    "plans:versions": ("household.view", "GET"),
    "plans:propose": ("plan.edit", GP),
    "plans:agree": ("plan.edit", GP),
    "plans:add": ("plan.edit", GP),
    "plans:measure": ("household.view", "GET"),
    "plans:change": ("plan.edit", GP),
    "plans:step": ("household.view", GP),
    "plans:evidence": ("evidence.add", GP),
    "plans:delay": ("plan.check", GP),
    "plans:begin": ("plan.edit", "POST"),
    "plans:begin_person": ("plan.edit", "POST"),
    "plans:begin_village": ("plan.edit", "POST"),
    "reveal:choose": ("secret.reveal", GP),
    "documents:card": ("household.view", "POST"),
    "documents:sheet": ("secret.reveal", GP),
    "documents:cards": ("household.view", GP),
    "documents:part": ("household.view", "POST"),
    "files:add": ("evidence.add", GP),
    "files:take": ("evidence.view", GP),
    "files:remove": ("evidence.add", GP),
    "files:announce": ("evidence.add", "POST"),
    "files:chunk": ("evidence.add", "PUT"),
    "files:finish": ("evidence.add", "POST"),
    "system:index": ("system.view", "GET"),
    "exchange:index": ("rows.import", "GET"),
    "exchange:send": ("rows.import", GP),
    "exchange:upload": ("rows.import", "GET"),
    "exchange:rows": ("rows.import", "GET"),
    "exchange:missing": ("rows.import", "GET"),
    "exchange:decide": ("rows.import", "POST"),
    "exchange:promote": ("rows.import", "POST"),
    "exchange:undo": ("rows.import", "POST"),
    "exchange:discard": ("rows.import", "POST"),
    "exchange:again": ("rows.import", "POST"),
    "exchange:marked": ("rows.import", "POST"),
    "exchange:sheet": ("rows.export", GP),
    "exchange:export": ("rows.export", GP),
    "exchange:downloads": ("rows.export", "GET"),
    "exchange:download": ("figures.view", "GET"),
    "exchange:fetch": ("figures.view", "POST"),
    "exchange:keying": ("rows.import", "GET"),
    "exchange:keyed": ("rows.import", "POST"),
    "exchange:columns": ("rows.import", GP),
    "assistance:index": ("household.view", "GET"),
    "assistance:pairings": ("household.view", GP),
    "assistance:pairing_end": ("assistance.edit", GP),
    "assistance:uncovered": ("household.view", "GET"),
    "assistance:seed": ("assistance.edit", GP),
    "assistance:pair": ("assistance.edit", GP),
    "assistance:kin": ("assistance.edit", GP),
    "assistance:helpers": ("household.view", GP),
    "assistance:helper_enter": ("assistance.edit", GP),
    "assistance:helper": ("household.view", "GET"),
    "assistance:helper_correct": ("assistance.edit", GP),
    "assistance:helper_left": ("assistance.edit", GP),
    "assistance:units": ("household.view", "GET"),
    "assistance:unit_enter": ("assistance.edit", GP),
    "assistance:unit_correct": ("assistance.edit", GP),
    "assistance:teams": ("household.view", "GET"),
    "assistance:team_form": ("assistance.edit", GP),
    "assistance:team": ("household.view", "GET"),
    "assistance:team_end": ("assistance.edit", GP),
    "assistance:member_join": ("assistance.edit", GP),
    "assistance:member_leave": ("assistance.edit", GP),
    "assistance:staffing": ("household.view", "GET"),
    "assistance:chain": ("household.view", "GET"),
    "assistance:link_set": ("assistance.edit", GP),
    "assistance:link_end": ("assistance.edit", GP),
    "assistance:groups": ("household.view", "GET"),
    "assistance:group_set_up": ("assistance.edit", GP),
    "assistance:group_change": ("assistance.edit", GP),
    "assistance:group_join": ("assistance.edit", GP),
    "assistance:group_leave": ("assistance.edit", GP),
    "assistance:visits": ("household.view", GP),
    "assistance:unvisited": ("household.view", "GET"),
    "assistance:visit": ("household.view", "GET"),
    "assistance:visit_make": ("visit.write", GP),
    "assistance:visit_drop": ("household.view", GP),
    "assistance:visit_plan": ("visit.write", GP),
    "assistance:drives": ("household.view", "GET"),
    "assistance:drive_begin": ("assistance.edit", GP),
    "assistance:drive": ("household.view", "GET"),
    "screening:index": ("figures.view", "GET"),
    "screening:adopt": ("screening.run", "GET"),
    "screening:adopt_pack": ("standard.adopt", GP),
    "screening:adoption_end": ("standard.adopt", GP),
    "screening:adoption_day": ("standard.adopt", GP),
    "screening:run_ask": ("screening.run", GP),
    "screening:run_trial": ("screening.run", GP),
    "screening:run": ("figures.view", "GET"),
    "screening:run_workbook": ("rows.export", "GET"),
    "screening:run_act": ("screening.run", "POST"),
    "screening:compared": ("household.view", "GET"),
    "screening:thresholds": ("figures.view", "GET"),
    "health:index": ("household.view", "GET"),
    "health:faults": ("household.view", GP),
    "health:gaps": ("household.view", "GET"),
    "health:questions": ("household.view", "GET"),
    "health:check": ("household.edit", "POST"),
    "ledger:index": ("problem.view", GP),
    "ledger:register": ("problem.register", GP),
    "ledger:reconciliation": ("problem.view", "GET"),
    "ledger:doubles": ("problem.view", "GET"),
    "ledger:rechecks": ("problem.verify", GP),
    "ledger:recheck": ("problem.verify", "GET"),
    "ledger:recheck_item": ("problem.verify", GP),
    "ledger:page": ("problem.view", "GET"),
    "ledger:evidence": ("evidence.add", GP),
    "ledger:search": ("problem.assign", GP),
    "ledger:answer": ("problem.view", GP),
    "ledger:act": ("problem.view", GP),
    "ledger:task": ("problem.view", GP),
}
