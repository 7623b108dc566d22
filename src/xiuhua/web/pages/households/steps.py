"""The acts of life and of status as data: their fields, and the service behind each.

A step of a household or of a member is one form and one service; here stands which.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from xiuhua.apps.regions import selectors as regions
from xiuhua.apps.registry import selectors as registry
from xiuhua.apps.registry.services import members, moves, statuses
from xiuhua.apps.registry.statuses import MarkKind, Monitoring, Poverty, Registration
from xiuhua.core.dictionary.reader import load_dictionary
from xiuhua.web.forms import DateInput
from xiuhua.web.pages.households.shown import name_shown
from xiuhua.web.shell import worded


@dataclass(frozen=True)
class Subject:
    """What a step is taken on, and in which post."""

    household: Any
    person: Any
    post: Any

    @property
    def seen(self) -> Any:
        """Return the row whose version the form carries."""
        return self.person or self.household


Fields = Callable[[Subject], dict[str, forms.Field]]
Run = Callable[[Subject, dict[str, Any], dict[str, Any]], Any]


@dataclass(frozen=True)
class Step:
    """A step: its words, the fields beside day and document, the service it goes to.

    `run` takes the subject, what was said, and the words every service takes.
    """

    key: str
    label: Any
    fields: Fields
    run: Run
    dated: bool = True


def _none(subject: Subject) -> dict[str, forms.Field]:
    return {}


def _choice(label: Any, choices: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=list(choices))


def _birth_fields(subject: Subject) -> dict[str, forms.Field]:
    fields = load_dictionary().level("person").by_name
    sexes = fields["sex"].codes
    relations = fields["relation_to_head"].codes
    return {
        "name": forms.CharField(label=worded(fields["name"].label), max_length=200),
        "birth_date": forms.DateField(
            label=worded(fields["birth_date"].label), widget=DateInput()
        ),
        "sex": _choice(worded(fields["sex"].label), _codes(sexes)),
        "relation_to_head": _choice(
            worded(fields["relation_to_head"].label), _codes(relations)
        ),
    }


def _codes(codes: Any) -> list[tuple[str, str]]:
    return [(code.code, worded(code.label)) for code in codes.codes]


def _move_fields(subject: Subject) -> dict[str, forms.Field]:
    found = regions.region_list(
        under=subject.post.region_id, as_of=timezone.localdate()
    )
    villages = [
        (region.code, regions.name_of(region) or region.code)
        for region in found
        if region.level == "village" and region.code != subject.household.village_id
    ]
    return {
        "village": _choice(_("To which village"), villages),
        "village_group": forms.CharField(
            label=_("Group there"), max_length=200, required=False
        ),
    }


def _split_fields(subject: Subject) -> dict[str, forms.Field]:
    rights = subject.post.rights
    return {
        "person_ids": forms.TypedMultipleChoiceField(
            label=_("Who leaves and forms the new household"),
            coerce=int,
            widget=forms.CheckboxSelectMultiple,
            choices=[
                (person.pk, name_shown(person.name, rights))
                for person in registry.member_list(household=subject.household)
            ],
        )
    }


def _into_field(subject: Subject) -> dict[str, forms.Field]:
    return {
        "into": forms.CharField(label=_("Number of the other household"), max_length=64)
    }


def _marry_fields(subject: Subject) -> dict[str, forms.Field]:
    relations = load_dictionary().level("person").by_name["relation_to_head"]
    return {
        **_into_field(subject),
        "relation_to_head": _choice(worded(relations.label), _codes(relations.codes)),
    }


def _poverty_fields(subject: Subject) -> dict[str, forms.Field]:
    return {
        "poverty": _choice(_("New exit status"), Poverty.choices),
        "policies_kept": forms.NullBooleanField(
            label=_("policies kept"),
            widget=forms.Select(
                choices=[
                    ("unknown", _("not known")),
                    ("true", _("yes")),
                    ("false", _("no")),
                ]
            ),
        ),
    }


def _registration_fields(subject: Subject) -> dict[str, forms.Field]:
    kinds = [c for c in Registration.choices if c[0] in ("registered", "removed")]
    return {"registration": _choice(_("New registration"), kinds)}


def _monitoring_fields(subject: Subject) -> dict[str, forms.Field]:
    return {"monitoring": _choice(_("New monitoring status"), Monitoring.choices)}


def _mark_fields(subject: Subject) -> dict[str, forms.Field]:
    year = timezone.localdate().year
    return {
        "year": forms.IntegerField(
            label=_("Year"), min_value=2010, max_value=year, initial=year
        ),
        "mark": _choice(_("Mark"), MarkKind.choices),
    }


def _into(subject: Subject, said: Mapping[str, Any]) -> dict[str, Any]:
    """Return the other household by its number, as services take it.

    Raises:
        HouseholdNotFound: when there is none of that number in the post's region.
    """
    filters = registry.HouseholdFilter(number=said["into"].strip())
    found = registry.household_list(viewer=subject.post, filters=filters).first()
    if found is None:
        raise registry.HouseholdNotFound("there is no such household here")
    return {"into_id": found.pk, "into_version": found.version}


def _of_household(service: Callable[..., Any]) -> Run:
    def run(subject: Subject, said: dict[str, Any], usual: dict[str, Any]) -> Any:
        return service(household_id=subject.household.pk, **said, **usual)

    return run


def _of_member(service: Callable[..., Any]) -> Run:
    def run(subject: Subject, said: dict[str, Any], usual: dict[str, Any]) -> Any:
        return service(person_id=subject.person.pk, **said, **usual)

    return run


def _birth(subject: Subject, said: dict[str, Any], usual: dict[str, Any]) -> Any:
    return members.person_birth(household_id=subject.household.pk, values=said, **usual)


def _split(subject: Subject, said: dict[str, Any], usual: dict[str, Any]) -> Any:
    return moves.household_split(
        household_id=subject.household.pk, values={}, **said, **usual
    )


def _merge(subject: Subject, said: dict[str, Any], usual: dict[str, Any]) -> Any:
    other = _into(subject, said)
    return moves.household_merge(household_id=subject.household.pk, **other, **usual)


def _marry(subject: Subject, said: dict[str, Any], usual: dict[str, Any]) -> Any:
    other = _into(subject, said)
    relation = said["relation_to_head"]
    return members.person_marry(
        person_id=subject.person.pk, relation_to_head=relation, **other, **usual
    )


def _mark(subject: Subject, said: dict[str, Any], usual: dict[str, Any]) -> Any:
    return statuses.mark_set(
        household_id=subject.household.pk,
        document=usual["order_number"],
        by=usual["by"],
        at=usual["at"],
        **said,
    )


def _head(subject: Subject, said: dict[str, Any], usual: dict[str, Any]) -> Any:
    usual = {**usual, "version": subject.household.version}
    return members.household_head_change(
        household_id=subject.household.pk, person_id=subject.person.pk, **usual
    )


def _table(*steps: Step) -> Mapping[str, Step]:
    return MappingProxyType({step.key: step for step in steps})


OF_HOUSEHOLD: Final = _table(
    Step("birth", _("Birth"), _birth_fields, _birth, dated=False),
    Step("poverty", _("Exit status"), _poverty_fields,
         _of_household(statuses.poverty_change)),
    Step("monitoring", _("Monitoring status"), _monitoring_fields,
         _of_household(statuses.monitoring_change)),
    Step("registration", _("Registration"), _registration_fields,
         _of_household(statuses.registration_change)),
    Step("mark", _("Mark of a year"), _mark_fields, _mark, dated=False),
    Step("move", _("Move"), _move_fields, _of_household(moves.household_move)),
    Step("split", _("Split"), _split_fields, _split),
    Step("merge", _("Merge into another"), _into_field, _merge),
    Step("end", _("Household ended"), _none, _of_household(moves.household_end)),
)  # fmt: skip
OF_MEMBER: Final = _table(
    Step("death", _("Death"), _none, _of_member(members.person_death)),
    Step("leave", _("Left the household"), _none, _of_member(members.person_leave)),
    Step("marry", _("Married away"), _marry_fields, _marry),
    Step("head", _("Becomes the head"), _none, _head),
)
OF_FORMER: Final = _table(
    Step("return", _("Came back"), _none, _of_member(members.person_return)),
)


def usual_words(
    step: Step, said: dict[str, Any], by: Any, at: datetime
) -> dict[str, Any]:
    """Return the words every service takes, taken out of what a form said."""
    words = {"by": by, "at": at, "version": said.pop("version")}
    words["order_number"] = said.pop("order_number")
    said.pop("once")
    if step.dated:
        words["valid_from"] = said.pop("valid_from")
    return words
