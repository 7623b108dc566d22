"""States and acts of a problem in words, for pages of every family."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from xiuhua.apps.attachments.models import EvidenceKind
from xiuhua.apps.ledger.rules import (
    ANSWER,
    DELAY,
    ESCALATE,
    EVIDENCE,
    EVIDENCE_GONE,
    EXTENDED,
    EXTENSION,
    MEND,
    RAISE,
    RECHECK,
    REGISTER,
    TASK,
    TASK_DONE,
    WITHDRAW,
    Act,
    State,
)


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
        State.WITHDRAWN: _("withdrawn (已撤回)"),
    }
)
# How a state is marked on pages: good, bad, warn or none.
MARK_OF_STATE: Final[Mapping[str, str]] = MappingProxyType(
    {
        State.STRUCK_OFF: "good",
        State.NOT_SUBSTANTIATED: "none",
        State.MERGED: "none",
        State.WITHDRAWN: "none",
        State.REGISTERED: "bad",
    }
)
# As a button says them.
ACTS: Final[Mapping[str, Any]] = MappingProxyType(
    {
        Act.ASSIGN: _("Assign (交办)"),
        Act.SIGN_FOR: _("Sign for it (签收)"),
        Act.SEND_BACK: _("Send back (退回)"),
        Act.START: _("Begin (开始整改)"),
        Act.CONTINUE: _("Keep open, look again later (长期坚持)"),
        Act.RESUME: _("Take up again (恢复整改)"),
        Act.DISPUTE: _("Object (提出异议)"),
        Act.UPHOLD: _("It stands (维持)"),
        Act.NOT_SUBSTANTIATE: _("Not substantiated (认定不属实)"),
        Act.SUBMIT: _("Ask for verification (申请验收)"),
        Act.STRIKE_OFF: _("Strike off (销号)"),
        Act.RETURN: _("Return (验收退回)"),
        Act.REOPEN: _("Reopen (重新整改)"),
        Act.MERGE: _("Merge into another (合并)"),
        EVIDENCE: _("Give evidence (提交佐证)"),
        TASK: _("Set a task (分解任务)"),
        EXTENSION: _("Ask for more time (申请延期)"),
        EXTENDED: _("Decide on more time (审批延期)"),
        DELAY: _("Explain the delay (说明逾期原因)"),
        MEND: _("Record what was mended in the system (长效机制)"),
        RAISE: _("Carry up a question of policy (上报政策问题)"),
        ANSWER: _("Answer (答复)"),
    }
)
# As the history says them.
HAPPENED: Final[Mapping[str, Any]] = MappingProxyType(
    {
        REGISTER: _("entered on the ledger"),
        Act.ASSIGN: _("assigned"),
        Act.SIGN_FOR: _("signed for"),
        Act.SEND_BACK: _("sent back"),
        Act.START: _("rectification began"),
        Act.CONTINUE: _("kept open to be looked at again"),
        Act.RESUME: _("taken up again"),
        Act.DISPUTE: _("objected to"),
        Act.UPHOLD: _("stands, the objection was not followed"),
        Act.NOT_SUBSTANTIATE: _("found not substantiated"),
        Act.SUBMIT: _("verification asked for"),
        Act.STRIKE_OFF: _("struck off"),
        Act.RETURN: _("returned by the verifier"),
        Act.REOPEN: _("reopened"),
        Act.MERGE: _("merged into another"),
        EVIDENCE: _("evidence given"),
        EVIDENCE_GONE: _("evidence withdrawn with its file"),
        TASK: _("task set"),
        TASK_DONE: _("task done"),
        EXTENSION: _("more time asked for"),
        EXTENDED: _("decided on more time"),
        DELAY: _("delay explained"),
        MEND: _("system mended"),
        ESCALATE: _("escalated because overdue"),
        RAISE: _("carried up as a question of policy"),
        ANSWER: _("answered from above"),
        RECHECK: _("looked at a second time"),
        WITHDRAW: _("withdrawn with the sheet that brought it"),
    }
)
# What an event says besides: the words for its keys; a digest tells nobody anything.
SAID: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "description": _("what was found"),
        "owner": _("owner"),
        "deadline": _("deadline"),
        "leader": _("responsible leader"),
        "unit": _("responsible unit"),
        "reason": _("reason"),
        "measures": _("measures taken"),
        "review_date": _("look again on"),
        "done_on": _("done on"),
        "into": _("merged into"),
        "kind": _("kind of evidence"),
        "what": _("what is to be done"),
        "region": _("where"),
        "task": _("task"),
        "outcome": _("outcome"),
        "until": _("until"),
        "approved": _("granted"),
        "cause": _("cause"),
        "accountability": _("accountability"),
        "system_mended": _("what was mended"),
        "to": _("to"),
        "since": _("overdue since"),
        "question": _("question"),
        "answer": _("answer"),
        "holds": _("is mended"),
        "found": _("what was found"),
    }
)
EVIDENCE_WORDS: Final[Mapping[str, Any]] = MappingProxyType(dict(EvidenceKind.choices))
