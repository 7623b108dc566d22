"""What plans are spoken of with: states, acts, tracks, classes, answers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from xiuhua.apps.accounts.roles import ROLES
from xiuhua.apps.assessments.selectors.verdicts import indicator_choices
from xiuhua.apps.plans.rules import Act, MeasureState, Subject, Track
from xiuhua.apps.plans.selectors.measures import evidence_kinds
from xiuhua.core.dictionary.reader import load_dictionary
from xiuhua.core.steps import Refusal
from xiuhua.messages import translator
from xiuhua.web.columns import written
from xiuhua.web.shell import language, worded


STATES: Final[Mapping[str, Any]] = MappingProxyType(
    {
        MeasureState.PROPOSED.value: _("proposed"),
        MeasureState.PLANNED.value: _("planned"),
        MeasureState.UNDER_WAY.value: _("under way"),
        MeasureState.DONE.value: _("delivered, to be checked"),
        MeasureState.CHECKED_OFF.value: _("checked off"),
        MeasureState.DROPPED.value: _("dropped"),
        MeasureState.CARRIED.value: _("carried over to the next year"),
    }
)
# The badge of each state: a mark and a colour beside the word.
BADGES: Final[Mapping[str, str]] = MappingProxyType(
    {
        MeasureState.DONE.value: "warn",
        MeasureState.CHECKED_OFF.value: "good",
    }
)
ACTS: Final[Mapping[str, Any]] = MappingProxyType(
    {
        Act.START.value: _("Start the work"),
        Act.FINISH.value: _("Say it is delivered"),
        Act.CHECK_OFF.value: _("Check off"),
        Act.RETURN.value: _("Give back"),
        Act.REOPEN.value: _("Open again"),
        Act.DROP.value: _("Drop"),
    }
)
DONE: Final[Mapping[str, Any]] = MappingProxyType(
    {
        Act.START.value: _("Started. Give evidence and say when it is delivered."),
        Act.FINISH.value: _("Delivered. Somebody else checks it off now."),
        Act.CHECK_OFF.value: _("Checked off. The measure is done."),
        Act.RETURN.value: _("Given back. Whoever owns it finds it on top of the list."),
        Act.REOPEN.value: _("Open again. What was said before is kept."),
        Act.DROP.value: _("Dropped. The reason is kept with the plan."),
    }
)
EVENTS: Final[Mapping[str, Any]] = MappingProxyType(
    {
        **ACTS,
        "open": _("Plan opened"),
        "close": _("Plan closed"),
        "reopen_plan": _("Plan opened again"),
        "carry": _("Taken over from the year before"),
        "carry_back": _("Given back to the year before"),
        "paper": _("Signed paper filed"),
        "paper_gone": _("Signed paper withdrawn"),
        "move": _("Moved with the household"),
        "propose": _("Measures proposed"),
        "agree": _("Agreed on"),
        "add": _("Measure entered"),
        "change": _("Measure changed"),
        "evidence": _("Evidence given"),
        "evidence_gone": _("Evidence withdrawn with its file"),
        "delay": _("Delay explained"),
        "owner": _("Owner changed"),
        "take": _("Taken over from a list"),
        "give_up": _("Taken back with its list"),
    }
)
TRACKS: Final[Mapping[str, Any]] = MappingProxyType(
    {
        Track.DEVELOP.value: _("develop an industry"),
        Track.EMPLOY.value: _("find employment"),
        Track.SUPPORT.value: _("be supported"),
    }
)
SUBJECTS: Final[Mapping[str, Any]] = MappingProxyType(
    {
        Subject.HOUSEHOLD.value: _("household plan"),
        Subject.VILLAGE.value: _("village plan"),
        Subject.PERSON.value: _("personal plan"),
    }
)
SIGNERS: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "family": _("for the family"),
        "helper": _("helper"),
        "team": _("leader of the work team"),
    }
)


FACTS: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "kind": _("Class of measure"),
        "what": _("What will be done"),
        "person": _("For whom"),
        "income_yuan": _("Expected income (yuan a year)"),
        "is_dividend": _("A dividend alone, without work of the family"),
        "money_yuan": _("Money it takes (yuan)"),
        "money_source": _("Source of the money"),
        "unit": _("Responsible unit"),
        "owner": _("Owner"),
        "starts_on": _("Starts on"),
        "deadline": _("To be done by"),
        "demanded": _("Evidence demanded"),
    }
)


def fact_words(name: str, value: Any) -> str:
    """Return a fact as a version keeps it, in words; the owner is an office."""
    if value in (None, ""):
        return "–"
    if name == "kind":
        return class_words(value)
    if name == "owner":
        role, _at, region = str(value).partition("@")
        label = ROLES.get(role.partition("/")[0])
        return f"{worded(label.label)} {region}" if label else str(value)
    if name == "demanded":
        kinds = dict(evidence_kinds())
        return "、".join(str(kinds.get(k, k)) for k in str(value).split(","))
    if name == "person":
        return str(_("a member"))
    return written(value)


def class_words(code: str) -> str:
    """Return a class of measure in words."""
    found = load_dictionary().code_lists["measure_class"].by_code.get(code)
    return worded(found.label) if found else code


def cause_words(code: str) -> str:
    """Return a cause of poverty in words."""
    codes = load_dictionary().level("household").by_name["main_cause"].codes
    found = codes.by_code.get(code) if codes else None
    return worded(found.label) if found else code


def answer_words(answers: str, labels: Mapping[str, str]) -> str:
    """Return what a measure answers, in words; `labels` names the indicators."""
    kind, _colon, code = answers.partition(":")
    if kind == "indicator":
        return labels.get(code, code)
    if kind == "cause":
        return cause_words(code)
    return str(_("ties to a source of income")) if kind == "income_links" else ""


def indicator_labels(post: Any, day: date) -> dict[str, str]:
    """Return the names of the indicators of the standards in force where a post is."""
    known = indicator_choices(viewer=post, language=language(), day=day)
    return {code: label for _pack, _title, shown in known for code, label in shown}


def why(refused: tuple[Refusal, ...]) -> list[str]:
    """Return the reasons of a refusal in the language of the page."""
    say = translator(language())
    return [say(one.why) for one in refused]
