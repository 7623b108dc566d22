"""What waits for a post, as items of few words with at most two things to press.

Each list is cut after so many: the page says that there are more, and where.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext as _

from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.assistance.selectors.owed import asking_list, owed_by, quarter_of
from xiuhua.apps.assistance.selectors.visits import visits_planned
from xiuhua.apps.ledger import selectors as ledger
from xiuhua.apps.ledger.parameters import parameters
from xiuhua.apps.ledger.rules import Act, State
from xiuhua.apps.plans.rules import Act as MeasureAct
from xiuhua.apps.plans.rules import MeasureState
from xiuhua.apps.plans.selectors.measures import measures_of
from xiuhua.core.dictionary.model import Mask
from xiuhua.core.dictionary.reader import load_dictionary
from xiuhua.core.region_codes import level_of
from xiuhua.web.navigation import address_of
from xiuhua.web.pages.households.shown import name_shown
from xiuhua.web.shell import worded


MOST: Final = 40
# Objections are few; each is looked at by itself.
_OBJECTIONS: Final = 10
WEEK: Final = timedelta(days=7)


@dataclass(frozen=True)
class Press:
    """Something to press: a link, or with `version` a form that acts at once."""

    label: Any
    url: str
    version: int | None = None


@dataclass(frozen=True)
class Item:
    """One thing that waits: what, about whom, until when."""

    kind: Any
    what: str
    url: str
    about: str
    due: date | None
    late: int
    presses: tuple[Press, ...] = ()


@dataclass(frozen=True)
class Section:
    """Items that wait for the same reason; `more`: the list was cut."""

    key: str
    title: Any
    items: tuple[Item, ...]
    more: bool = False


def sections_of(post: Any, *, today: date) -> list[Section]:
    """Return what waits for a post, the most pressing first; empty lists left out."""
    maker = _Maker(post, today)
    late, soon, back = maker.own()
    sections = [
        _section("back", _("Came back to me"), back),
        _section("late", _("Overdue"), late),
        _section("soon", _("Today and the next days"), soon),
        _section("look", _("Waiting for my look"), maker.to_look_at()),
        _section("owed", _("Families to visit this quarter"), maker.owed()),
    ]
    return [section for section in sections if section.items]


def _section(key: str, title: Any, items: Iterable[Item]) -> Section:
    found = sorted(items, key=lambda i: i.due or date.max)
    return Section(key, title, tuple(found[:MOST]), more=len(found) > MOST)


def _cut(found: Any) -> Any:
    """Return the first rows with their evidence; one more than is shown."""
    return found.prefetch_related("evidence")[: MOST + 1]


class _Maker:
    """Turns rows of several apps into items, for one post on one day."""

    def __init__(self, post: Any, today: date):
        self.post, self.today = post, today
        self.until = today + WEEK
        self.adds = post.state.allows(Permission.EVIDENCE_ADD)
        lists = load_dictionary().code_lists
        self.kinds = {c.code: worded(c.label) for c in lists["measure_class"].codes}

    def own(self) -> tuple[list[Item], list[Item], list[Item]]:
        """Return what is overdue, what is due soon, and what came back."""
        late: list[Item] = []
        soon: list[Item] = []
        for item in (*self.visits(), *self.tasks(), *self._ahead()):
            if item.late > 0:
                late.append(item)
            elif item.due is None or item.due <= self.until:
                soon.append(item)
        back = [*self._returned()]
        shown = {item.url for item in back}
        return (
            [i for i in late if i.url not in shown],
            [i for i in soon if i.url not in shown],
            back,
        )

    def visits(self) -> Iterable[Item]:
        """Yield the visits planned until the week's end."""
        found = visits_planned(user=self.post.user, until=self.until)
        for visit in found[: MOST + 1]:
            url = reverse("households:page", args=[visit.household_id])
            made = address_of("assistance:visit_make", visit.pk)
            presses = (Press(_("Visit made"), made),) if made else ()
            about = self._household(visit.household)
            yield self._item(_("visit"), about, url, "", visit.planned_on, presses)

    def owed(self) -> Iterable[Item]:
        """Yield the families a user helps that are owed a visit this quarter."""
        asked = {"region": self.post.region_id, "on": self.today}
        last = quarter_of(self.today)[1]
        for home in owed_by(user=self.post.user, **asked)[: MOST + 1]:
            url = reverse("households:page", args=[home.pk])
            record = address_of("assistance:visit_record", home.pk)
            presses = (Press(_("Visit made"), record),) if record else ()
            about = f"{home.made} / {home.demanded}"
            name = self._household(home)
            yield self._item(_("visits"), name, url, about, last, presses)

    def _asking(self) -> Iterable[Item]:
        """Yield what visits of the village or township found and is on no ledger."""
        near = level_of(self.post.region_id) in ("village", "township")
        if not near or not self.post.state.allows(Permission.PROBLEM_REGISTER):
            return
        for visit in asking_list(viewer=self.post)[: MOST + 1]:
            url = reverse("assistance:visit", args=[visit.pk])
            register = f"{reverse('ledger:register')}?visit={visit.pk}"
            presses = (Press(_("Register a problem"), register),)
            about = self._household(visit.household)
            said = visit.findings if self.post.rights.shows(Mask.PERSONAL) else "•••"
            yield self._item(_("finding of a visit"), said, url, about, None, presses)

    def tasks(self) -> Iterable[Item]:
        """Yield the tasks of the post that are not done."""
        for task in ledger.task_list(owner=self.post)[: MOST + 1]:
            url = reverse("mine:task_done", args=[task.pk])
            press = (Press(_("It is done"), url),)
            about = task.problem.number
            yield self._item(_("task"), task.what, url, about, task.deadline, press)

    def to_look_at(self) -> Iterable[Item]:
        """Yield problems and measures somebody else says are done, and findings."""
        yield from self._asking()
        if self.post.state.allows(Permission.PROBLEM_VIEW):
            for problem in _cut(ledger.awaiting_verification_of(viewer=self.post)):
                yield self._problem(problem, looks=True)
            for problem in ledger.objections_for(
                viewer=self.post, on=self.today, most=_OBJECTIONS
            ):
                yield self._problem(problem, looks=True)
        for measure in _cut(measures_of(owner=self.post, on=self.today).to_check):
            yield self._measure(measure, looks=True)

    def _ahead(self) -> Iterable[Item]:
        for problem in _cut(ledger.problems_of(owner=self.post, on=self.today)):
            yield self._problem(problem)
        work = measures_of(owner=self.post, on=self.today)
        for measures in (work.late, work.ahead):
            for measure in _cut(measures):
                yield self._measure(measure)

    def _returned(self) -> Iterable[Item]:
        for problem in _cut(ledger.returned_to(owner=self.post)):
            yield self._problem(problem)
        for measure in _cut(measures_of(owner=self.post, on=self.today).returned):
            yield self._measure(measure)

    def _problem(self, problem: Any, *, looks: bool = False) -> Item:
        url = address_of("ledger:page", problem.pk)
        presses: list[Press] = []
        if looks:
            presses = [Press(_("Look and decide"), url)] if url else []
        elif problem.state == State.ASSIGNED:
            presses = [self._step("problem", problem, Act.SIGN_FOR, _("Sign for it"))]
        else:
            if self.adds:
                presses.append(self._photo("problem", problem))
            if self._is_proven(problem):
                words = _("Send for verification")
                presses.append(self._step("problem", problem, Act.SUBMIT, words))
        return self._item(
            _("problem"),
            problem.description,
            url or reverse("mine:index"),
            problem.number,
            problem.deadline,
            tuple(presses),
        )

    def _is_proven(self, problem: Any) -> bool:
        demanded = parameters().demands[problem.kind].evidence
        given = {evidence.kind for evidence in problem.evidence.all()}
        return demanded <= given and problem.state in (
            State.SIGNED_FOR,
            State.IN_RECTIFICATION,
        )

    def _measure(self, measure: Any, *, looks: bool = False) -> Item:
        page = address_of("plans:measure", measure.pk)
        home = measure.plan.household
        about = self._household(home) if home else ""
        presses: list[Press] = []
        if looks:
            presses = [Press(_("Look and decide"), page)] if page else []
        elif measure.state == MeasureState.PLANNED:
            presses = [
                self._step("measure", measure, MeasureAct.START, _("Start the work"))
            ]
        else:
            if self.adds:
                presses.append(self._photo("measure", measure))
            demanded = set(filter(None, measure.demanded.split(",")))
            if demanded <= {e.kind for e in measure.evidence.all()}:
                words = _("It is delivered")
                presses.append(self._step("measure", measure, MeasureAct.FINISH, words))
        return self._item(
            _("measure"),
            measure.what or self.kinds.get(measure.kind, measure.kind),
            page or reverse("households:page", args=[home.pk] if home else [0]),
            about,
            measure.deadline,
            tuple(presses),
        )

    def _step(self, of: str, row: Any, act: Any, words: Any) -> Press:
        url = reverse(f"mine:{of}_step", args=[row.pk, act.value])
        return Press(words, url, row.version)

    def _photo(self, of: str, row: Any) -> Press:
        return Press(_("Photo"), reverse(f"mine:{of}_evidence", args=[row.pk]))

    def _household(self, household: Any) -> str:
        name = name_shown(household.head_name, self.post.rights)
        return f"{name or ''} {household.number}".strip()

    def _item(
        self,
        kind: Any,
        what: str,
        url: str,
        about: str,
        due: date | None,
        presses: tuple[Press, ...],
    ) -> Item:
        late = (self.today - due).days if due else 0
        return Item(kind, what, url, about, due, max(0, late), presses)
