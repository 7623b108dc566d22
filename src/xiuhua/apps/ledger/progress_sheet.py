"""The sheet of progress: what owners report of their problems, by their numbers.

Every row goes through the services of the ledger, so it can do what they allow and no
more. Striking off is not among it: that is done one by one, by another, on proof.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from types import MappingProxyType
from typing import Any, Final

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.ledger.models import Problem
from xiuhua.apps.ledger.rules import ENDED, IN_HAND, Act, State
from xiuhua.apps.ledger.selectors import ProblemFilter, problem_list
from xiuhua.apps.ledger.services.proving import system_mend
from xiuhua.apps.ledger.services.rectifying import problem_step
from xiuhua.apps.ledger.services.timing import delay_explain, extension_ask
from xiuhua.apps.ledger.wording import STATES
from xiuhua.apps.sheets.choices import words_to_codes
from xiuhua.apps.sheets.finding import parts, reject_doubles
from xiuhua.apps.sheets.heads import CellUnfit, Form, Head
from xiuhua.apps.sheets.kinds import Kind as SheetKind
from xiuhua.apps.sheets.kinds import Row, Sending
from xiuhua.apps.sheets.rules import Outcome
from xiuhua.core.errors import XiuhuaError


# What bureaus write where a problem stands, besides the names of our states.
_WORDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "已签收": State.SIGNED_FOR,
        "已认领": State.SIGNED_FOR,
        "整改中": State.IN_RECTIFICATION,
        "正在整改": State.IN_RECTIFICATION,
        "已完成": State.AWAITING_VERIFICATION,
        "整改完成": State.AWAITING_VERIFICATION,
        "完成整改": State.AWAITING_VERIFICATION,
        "已整改": State.AWAITING_VERIFICATION,
        "待验收": State.AWAITING_VERIFICATION,
        "退回": State.REGISTERED,
        "有异议": State.DISPUTED,
    }
)
# The steps that lead to what is reported, from where a problem stands.
_WAYS: Final[Mapping[State, Mapping[State, tuple[Act, ...]]]] = MappingProxyType(
    {
        State.SIGNED_FOR: {State.ASSIGNED: (Act.SIGN_FOR,)},
        State.IN_RECTIFICATION: {
            State.ASSIGNED: (Act.SIGN_FOR, Act.START),
            State.SIGNED_FOR: (Act.START,),
            State.CONTINUING: (Act.RESUME,),
        },
        State.AWAITING_VERIFICATION: {
            State.ASSIGNED: (Act.SIGN_FOR, Act.START, Act.SUBMIT),
            State.SIGNED_FOR: (Act.START, Act.SUBMIT),
            State.IN_RECTIFICATION: (Act.SUBMIT,),
            State.CONTINUING: (Act.SUBMIT,),
        },
        State.ASSIGNED: {},
        State.CONTINUING: {},
        State.STRUCK_OFF: {},
        State.REGISTERED: {
            State.ASSIGNED: (Act.SEND_BACK,),
            State.SIGNED_FOR: (Act.SEND_BACK,),
        },
        State.DISPUTED: {
            state: (Act.DISPUTE,)
            for state in (
                State.ASSIGNED,
                State.SIGNED_FOR,
                State.IN_RECTIFICATION,
                State.CONTINUING,
            )
        },
    }
)
# How a sheet that is handed out, and the preview, say where a problem stands.
_SAID: Final[Mapping[str, str]] = MappingProxyType(
    {
        State.REGISTERED: "退回",
        State.ASSIGNED: "待签收",
        State.SIGNED_FOR: "已签收",
        State.IN_RECTIFICATION: "整改中",
        State.CONTINUING: "长期坚持",
        State.DISPUTED: "有异议",
        State.AWAITING_VERIFICATION: "待验收",
    }
)


@cache
def _states() -> Mapping[str, str]:
    named = words_to_codes((state, STATES[state]) for state in _WAYS)
    return {**_WORDS, **named}


HEADS: Final = (
    Head(
        "number",
        "问题编号",
        "problem number",
        Form.CODE,
        needed=True,
        must=True,
        synonyms=("编号", "台账编号", "问题序号"),
        shown=True,
    ),
    Head("description", "问题描述", "description", most=2000),
    Head(
        "progress",
        "整改进展",
        "progress",
        Form.CHOICE,
        choices=_states,
        synonyms=("完成情况", "整改状态", "进展", "进展情况", "整改结果"),
        shown=True,
    ),
    Head(
        "measures",
        "整改措施",
        "measures taken",
        synonyms=("整改情况", "整改措施及成效"),
        most=2000,
        shown=True,
    ),
    Head("done_on", "完成时间", "done on", Form.DAY, synonyms=("整改完成时间",)),
    Head(
        "reason",
        "说明",
        "reason",
        synonyms=("备注", "理由", "情况说明"),
        most=1000,
    ),
    Head(
        "until",
        "申请延期至",
        "more time until",
        Form.DAY,
        synonyms=("拟延期至", "延期至"),
    ),
    Head("cause", "逾期原因", "cause of delay", synonyms=("未销号原因",), most=1000),
    Head("accountability", "问责情况", "accountability", most=1000),
    Head("system_mended", "长效机制", "system mended", most=1000),
)


@dataclass(frozen=True)
class _Report:
    """A row about a problem, by whom and when."""

    row: Row
    by: Post
    at: datetime

    def steps(self, problem: Problem) -> Problem:
        """Take the steps that lead to where the row says it stands."""
        said = self.row["progress"]
        ways = _WAYS[State(said)] if said else {}
        for act in ways.get(State(problem.state), ()):
            last = act in (Act.SUBMIT, Act.SEND_BACK, Act.DISPUTE)
            problem = problem_step(
                problem=problem,
                version=problem.version,
                act=act,
                by=self.by,
                at=self.at,
                reason=(self.row["reason"] or "") if last else "",
                measures=(self.row["measures"] or "") if act is Act.START else "",
                done_on=self.row["done_on"] if act is Act.SUBMIT else None,
            )
        return problem

    def more_time(self, problem: Problem) -> Problem:
        """Ask for more time."""
        return extension_ask(
            problem=problem,
            version=problem.version,
            until=self.row["until"],
            reason=self.row["reason"] or "",
            by=self.by,
            at=self.at,
        ).problem

    def delay(self, problem: Problem) -> Problem:
        """Say why it is late."""
        return delay_explain(
            problem=problem,
            version=problem.version,
            cause=self.row["cause"],
            accountability=self.row["accountability"] or "",
            by=self.by,
            at=self.at,
        )

    def mended(self, problem: Problem) -> Problem:
        """Say what was mended in the system."""
        return system_mend(
            problem=problem,
            version=problem.version,
            what=self.row["system_mended"],
            by=self.by,
            at=self.at,
        )

    def wanted(
        self, problem: Problem
    ) -> Iterator[tuple[str, Callable[[Problem], Problem]]]:
        """Yield the columns that say something new, each with what it does.

        More time is asked for while the problem is in hand: after it was taken up,
        before it is given away.
        """
        row, said = self.row, self.row["progress"]
        moves = bool(said) and State(problem.state) in _WAYS[State(said)]
        if moves and said in IN_HAND:
            yield "progress", self.steps
        if row["until"] and not problem.extensions.filter(until=row["until"]).exists():
            yield "until", self.more_time
        if row["cause"] and row["cause"] != problem.cause:
            yield "cause", self.delay
        if row["system_mended"] and row["system_mended"] != problem.system_mended:
            yield "system_mended", self.mended
        if moves and said not in IN_HAND:
            yield "progress", self.steps


def _compare(rows: Sequence[Row], sending: Sending) -> None:
    """Try every row and take it back at once: what is refused stands at its cell."""
    found = _problems(rows, sending)
    reject_doubles(rows, "number")
    for row in rows:
        problem = found.get(row["number"] or "")
        if row["number"] and problem is None:
            row.reject(
                "number",
                CellUnfit(
                    "no problem here has this number",
                    hint="correct the number; problems of others are not taken",
                ),
            )
        _look_at_day(row, sending.today)
        if problem is not None:
            _look_at_end(row, problem)
        if problem is not None and row.is_sound:
            _tried(row, problem, sending)


def _tried(row: Row, problem: Problem, sending: Sending) -> None:
    report = _Report(row, sending.by, sending.at)
    row.plan = {"problem": problem.pk, "version": problem.version}
    row.outcome = Outcome.UNCHANGED
    stood = problem.state
    with transaction.atomic():
        for key, act in report.wanted(problem):
            try:
                problem = act(problem)
            except XiuhuaError as no:
                row.reject(key, CellUnfit(no.message, hint=no.hint, **no.values))
                break
            row.outcome = Outcome.CHANGED
        # Only a trial: nothing of it stays.
        transaction.set_rollback(True)
    if row.is_sound and problem.state != stood:
        row.differs("progress", _SAID[stood], _SAID[problem.state])


def _look_at_end(row: Row, problem: Problem) -> None:
    if problem.state in ENDED:
        row.note("number", CellUnfit("the problem has ended"))
    elif row["progress"] == State.STRUCK_OFF:
        row.reject(
            "progress",
            CellUnfit(
                "a problem is struck off one by one, by another person, on proof",
                hint="write 已完成",
            ),
        )


def _look_at_day(row: Row, today: date) -> None:
    day = row["done_on"]
    if day is not None and day > today:
        row.reject("done_on", CellUnfit("the day is still to come"))
    if day is not None and row["progress"] != State.AWAITING_VERIFICATION:
        row.reject(
            "progress", CellUnfit("a day of completion says that it is done: say so")
        )


def _problems(rows: Sequence[Row], sending: Sending) -> dict[str, Problem]:
    """Return the problems rows name, by our number or the one in their source."""
    here = problem_list(viewer=sending.by).select_related("owner__user")
    found: dict[str, Problem] = {}
    several: set[str] = set()
    for part in parts(sorted({row["number"] for row in rows if row["number"]})):
        named = Q(number__in=part) | Q(source_reference__in=part)
        for problem in here.filter(named).exclude(state=State.WITHDRAWN):
            if problem.source_reference in found:
                several.add(problem.source_reference)
            found[problem.source_reference] = problem
            found[problem.number] = problem
    return {key: one for key, one in found.items() if key not in several}


def _apply(rows: Sequence[Row], sending: Sending) -> list[int]:
    found = _problems(rows, sending)
    for row in rows:
        problem = found[row["number"]]
        report = _Report(row, sending.by, sending.at)
        for _key, act in report.wanted(problem):
            problem = act(problem)
    return [row.plan["problem"] for row in rows]


def _filled(viewer: Post, day: date) -> Iterator[tuple[Any, ...]]:
    """Yield the open problems given to whoever asks."""
    mine = problem_list(viewer=viewer, filters=ProblemFilter(state="open"))
    for problem in mine.filter(owner=viewer).iterator(500):
        yield (
            problem.number,
            problem.description,
            _SAID[problem.state],
            problem.measures,
            *(None,) * 3,
            problem.cause,
            problem.accountability,
            problem.system_mended,
        )


KIND: Final = SheetKind(
    "problem_progress",
    _("Sheet of progress"),
    Permission.PROBLEM_VIEW,
    HEADS,
    _compare,
    _apply,
    None,
    _filled,
)
