"""What stands on the form of a plan and on the family's card of it, in words.

The form (计划表) has what a plan is made of and the place for signatures; the card
(明白卡) tells the family on one sheet what will be done, by whom and until when.
"""

from __future__ import annotations

from typing import Any, Final

from xiuhua.apps.documents.card import Asked, code_of
from xiuhua.apps.documents.words import field_named, label_of, masked, money
from xiuhua.apps.plans.rules import COUNTED, MeasureState
from xiuhua.apps.plans.selectors.page import MeasureShown, PlanPage
from xiuhua.apps.regions import selectors as regions
from xiuhua.apps.registry import selectors as registry
from xiuhua.core.dictionary.reader import load_dictionary
from xiuhua.core.region_codes import ancestors
from xiuhua.messages import translator


# The states of measures in words of the source; the catalog has the Chinese.
_STATES: Final = {
    MeasureState.PROPOSED: "proposed",
    MeasureState.PLANNED: "planned",
    MeasureState.UNDER_WAY: "under way",
    MeasureState.DONE: "delivered",
    MeasureState.CHECKED_OFF: "checked off",
}
_MEMBERS: Final = ("name", "relation_to_head", "birth_date", "labor_skill")
_FACTS: Final = ("main_cause", "other_causes", "arable_land", "planned_exit_year")


def plan_paper(page: PlanPage, asked: Asked, *, brief: bool) -> dict[str, Any]:
    """Return a plan as a paper; `brief` is the family's card: what, who, until when."""
    say, language = translator(asked.language), asked.language
    plan = page.plan
    part = [m for m in page.measures if brief is False or m.measure.state in COUNTED]
    return {
        "language": language,
        "brief": brief,
        "title": say("Family's card of the plan") if brief else say("Plan of help"),
        "head": _head(plan, asked),
        "number": plan.household.number if plan.household else "",
        "place": _place(plan.region_id, asked),
        "statuses": [
            f"{plan.year}",
            say("version {number}").format(number=plan.agreed_count)
            if plan.agreed_count
            else say("draft, not agreed on"),
        ],
        "facts": [] if brief else _facts(plan, asked),
        "members_title": say("Members"),
        "members": {"columns": [], "rows": []} if brief else _members(plan, asked),
        "measures_title": say("Measures"),
        "measures": {
            "columns": _columns(brief, asked),
            "rows": [_row(one, brief, asked) for one in part],
        },
        "nothing": say("Nothing is agreed on yet."),
        "signed_title": say("Signed by"),
        "signed": _signed(page, asked),
        "changes_title": say("Versions"),
        "changes": [] if brief else _changes(page, asked),
        "made": say("Made on {day} by {role}").format(
            day=asked.day, role=asked.by.rights.label.in_(language)
        ),
        "without": say("For the family and those in charge; not for posting."),
        "invented": say("Invented data. Nobody lives here.") if asked.invented else "",
        "code": code_of(asked.address.replace("{key}", str(plan.pk))),
        "code_words": say("Page of the plan"),
    }


def _head(plan: Any, asked: Asked) -> str:
    language, rights = asked.language, asked.by.rights
    if plan.person_id:
        return masked(field_named("person", "name"), plan.person.name, language, rights)
    if plan.household is None:
        return regions.region_name(code=plan.region_id, as_of=asked.day)
    field = field_named("household", "head_name")
    return masked(field, plan.household.head_name, language, rights)


def _place(region: str, asked: Asked) -> str:
    codes = [code for code in ancestors(region) if code]
    names = regions.names_of(codes=codes, as_of=asked.day)
    return " ".join(names[code] for code in codes)


def _facts(plan: Any, asked: Asked) -> list[list[str]]:
    if plan.household is None:
        return []
    fields = [field_named("household", name) for name in _FACTS]
    rights, language = asked.by.rights, asked.language
    return [
        [
            label_of(field, language),
            masked(field, getattr(plan.household, field.name), language, rights),
        ]
        for field in fields
    ]


def _members(plan: Any, asked: Asked) -> dict[str, Any]:
    if plan.household is None:
        return {"columns": [], "rows": []}
    language, rights = asked.language, asked.by.rights
    fields = [field_named("person", name) for name in _MEMBERS]
    people = registry.member_list(household=plan.household)
    return {
        "columns": [label_of(field, language) for field in fields],
        "rows": [
            [masked(f, getattr(person, f.name), language, rights) for f in fields]
            for person in people
        ],
    }


def _columns(brief: bool, asked: Asked) -> list[str]:
    say = translator(asked.language)
    named = [say("What will be done"), say("Who is responsible"), say("Done by")]
    if brief:
        return [*named, say("Income, yuan a year"), say("State")]
    return [
        say("Class of measure"),
        *named,
        say("Income, yuan a year"),
        say("Money, yuan"),
        say("State"),
    ]


def _row(one: MeasureShown, brief: bool, asked: Asked) -> list[str]:
    say, language, measure = translator(asked.language), asked.language, one.measure
    owner = measure.owner.user.full_name if measure.owner else say("nobody yet")
    state = say(_STATES[MeasureState(measure.state)])
    late = say("late") if one.late else ""
    income = _yuan(measure.income_yuan, language)
    named = [
        measure.what or say("to be said"),
        " ".join(filter(None, (measure.unit, owner))),
        str(measure.deadline),
    ]
    ended = [income, " ".join(filter(None, (late, state)))]
    if brief:
        return [*named, *ended]
    cost = " ".join(
        filter(None, (_yuan(measure.money_yuan, language), measure.money_source))
    )
    return [_class(measure.kind, language), *named, income, cost, ended[1]]


def _yuan(amount: Any, language: str) -> str:
    return "–" if amount is None else money(amount, language)


def _class(code: str, language: str) -> str:
    found = load_dictionary().code_lists["measure_class"].by_code.get(code)
    return found.label.in_(language) if found else code


def _signed(page: PlanPage, asked: Asked) -> list[list[str]]:
    """Return who signed the version in force, and the lines for who has not."""
    say = translator(asked.language)
    signed = page.versions[0].signed if page.versions else {}
    day = str(page.versions[0].agreed_on) if page.versions else ""
    words = {
        "family": say("For the family"),
        "helper": say("Helper"),
        "team": say("Leader of the work team"),
    }
    return [[label, signed.get(key, ""), day] for key, label in words.items()]


def _changes(page: PlanPage, asked: Asked) -> list[list[str]]:
    words = translator(asked.language)("version {number}")
    return [
        [words.format(number=v.number), str(v.agreed_on), v.reason or "–"]
        for v in page.versions
    ]
