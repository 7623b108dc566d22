"""What the standards say of one household, in words, and which households they list.

The reasons are found by judging the household anew with the reference engine: what is
shown is the rule itself, not a text kept beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q
from django.db.models.functions import Substr

from xiuhua.apps.accounts.models import Post
from xiuhua.apps.accounts.roles import Role
from xiuhua.apps.assessments.extract import HouseholdRow, household_rows
from xiuhua.apps.assessments.judging import judged_reasons
from xiuhua.apps.assessments.models import Adoption, Judgement, Shortfall, Yardstick
from xiuhua.apps.assessments.rules import MARK_BY_WORD, OVERALL, REGISTERED
from xiuhua.apps.assessments.standards import InForce, adoption_list_at, in_force
from xiuhua.apps.registry.models import Household, Person
from xiuhua.apps.registry.selectors import household_get
from xiuhua.core.dictionary.model import Dictionary, Label
from xiuhua.core.dictionary.reader import load_dictionary
from xiuhua.core.reasons import PARAM, Cause, Reason
from xiuhua.core.region_codes import LENGTH_BY_LEVEL
from xiuhua.core.standards.model import Indicator
from xiuhua.core.standards.resolver import ParamInForce, Standard
from xiuhua.core.truth import Verdict
from xiuhua.core.wording import MASKED, Wording, plain_text


@dataclass(frozen=True)
class Clause:
    """A document an indicator rests on and the clause in it; `doubtful` is marked."""

    citation: str
    clause: str
    date: str
    doubtful: bool


@dataclass(frozen=True)
class ReasonLine:
    """One value behind a verdict: whose it is (empty: the household's), and what."""

    person_id: int | None
    person: str
    text: str


@dataclass(frozen=True)
class Light:
    """An indicator with its verdict, why, since when, and by which clause."""

    indicator: str
    label: str
    verdict: str
    since: date | None
    short: str
    reasons: tuple[ReasonLine, ...]
    clauses: tuple[Clause, ...]


@dataclass(frozen=True)
class Amount:
    """An amount or choice in force, or a number derived for the household."""

    name: str
    label: str
    value: str
    source: str
    doubtful: bool


@dataclass(frozen=True)
class StandardVerdicts:
    """What one standard says of a household as of the day it is judged for."""

    pack: str
    title: str
    version: str
    document: str
    as_of: date
    fingerprint: str
    judged_at: datetime | None
    overall: str
    lights: tuple[Light, ...]
    results: tuple[Amount, ...]
    amounts: tuple[Amount, ...]


def verdicts_of(
    *, viewer: Post, household_id: int, language: str, day: date
) -> list[StandardVerdicts]:
    """Return what every standard in force says of a household, with reasons in words.

    Values the viewer may not see are masked. Empty when the household is not
    registered or nothing was adopted. `language` is zh or en.

    Raises:
        HouseholdNotFound: when there is none in the viewer's region.
    """
    household = household_get(viewer=viewer, household_id=household_id)
    if household.registration != REGISTERED:
        return []
    county = household.village_id[: LENGTH_BY_LEVEL["county"]]
    adoptions = adoption_list_at(county=county, day=day, unit="household")
    return [
        _verdicts(household, a, in_force(a, county=county), viewer, language)
        for a in adoptions
    ]


def _verdicts(
    household: Household,
    adoption: Adoption,
    found: InForce,
    viewer: Post,
    language: str,
) -> StandardVerdicts:
    standard = found.standard
    rows = household_rows([household.pk], reads=found.reads, as_of=standard.as_of)
    reasons = {r.indicator.id: r for r in judged_reasons(found, rows[0])}
    stored = Judgement.objects.filter(household=household, pack=found.pack).first()
    since = dict(
        Shortfall.objects.filter(household=household, pack=found.pack).values_list(
            "indicator", "since"
        )
    )
    wording = MaskedWording(standard, load_dictionary(), language, viewer.rights)
    names = _names(rows[0], viewer.rights)
    pack = standard.packs[0]
    return StandardVerdicts(
        pack=pack.id,
        title=pack.title.in_(language),
        version=pack.version,
        document=adoption.document,
        as_of=standard.as_of,
        fingerprint=found.fingerprint,
        judged_at=stored.judged_at if stored else None,
        overall=rows[0].row.verdicts[OVERALL].word,
        lights=tuple(
            _light(i, rows[0], reasons.get(i.id), since, wording, names)
            for i in standard.shown_at("household")
        ),
        results=tuple(_results(standard, rows[0], wording)),
        amounts=tuple(_amount(p, standard, language) for p in standard.params),
    )


def _light(
    indicator: Indicator,
    row: HouseholdRow,
    reason: Reason | None,
    since: Mapping[str, date],
    wording: MaskedWording,
    names: Mapping[str, str],
) -> Light:
    verdict = row.row.verdicts[indicator.id]
    unmet = verdict is Verdict.UNMET
    return Light(
        indicator=indicator.id,
        label=indicator.label.in_(wording.language),
        verdict=verdict.word,
        since=since.get(indicator.id),
        short=indicator.unmet_text.in_(wording.language) if unmet else "",
        reasons=tuple(_lines(reason, wording, names)) if reason else (),
        clauses=tuple(clauses_of(indicator, wording.standard)),
    )


def _lines(
    reason: Reason, wording: MaskedWording, names: Mapping[str, str]
) -> Iterator[ReasonLine]:
    for cause in reason.causes:
        key = _person_of(cause)
        yield ReasonLine(
            int(key) if key else None,
            names.get(key, ""),
            wording.cause(reason, cause),
        )


def _person_of(cause: Cause) -> str:
    return str(cause.row.values["person_id"]) if cause.row.level == "person" else ""


def clauses_of(indicator: Indicator, standard: Standard) -> Iterator[Clause]:
    """Yield the documents an indicator rests on, with clause and date."""
    documents = {k: d for pack in standard.packs for k, d in pack.documents.items()}
    for reference in indicator.references:
        document = documents[reference.document]
        yield Clause(
            document.citation,
            reference.clause,
            document.date,
            document.status.value == "doubtful",
        )


def _names(row: HouseholdRow, role: Role) -> dict[str, str]:
    """Return the names of members by key; who may not read names gets none."""
    field = load_dictionary().level("person").by_name["name"]
    if not role.shows(field.mask):
        return {}
    keys = [child.values["person_id"] for child in row.row.below]
    found = Person.objects.filter(pk__in=keys).values_list("pk", "name")
    return {str(key): name or "" for key, name in found}


def _results(
    standard: Standard, row: HouseholdRow, wording: MaskedWording
) -> Iterator[Amount]:
    for derived in standard.results_of("household"):
        value = row.row.derived[derived.name]
        text = wording.value("household", derived.name, value)
        unit = wording.unit("household", derived.name) if text else ""
        yield Amount(
            derived.name,
            derived.label.in_(wording.language),
            text + unit,
            "",
            doubtful=False,
        )


def _amount(item: ParamInForce, standard: Standard, language: str) -> Amount:
    param = item.param
    value = "" if item.source is None and not item.given else item.value
    options: Mapping[str, Label] = param.options
    if isinstance(value, str) and value in options:
        text = options[value].in_(language)
    else:
        text = plain_text(value, None, language) if value != "" else ""
    source = ""
    if item.source is not None:
        source = standard.packs[0].documents[item.source.reference.document].citation
    return Amount(param.name, param.label.in_(language), text, source, item.doubtful)


class MaskedWording(Wording):
    """Words reasons without values the role of a viewer may not see."""

    def __init__(
        self, standard: Standard, dictionary: Dictionary, language: str, role: Role
    ):
        super().__init__(standard, dictionary, language)
        self.standard = standard
        self.language = language
        self._fields = dictionary
        self._role = role

    def value(self, level: str, name: str, value: Any) -> str:
        """Return a value in words, masked when the role does not show its class."""
        text = super().value(level, name, value)
        if not text or level in (PARAM, ""):
            return text
        field = self._fields.level(level).by_name.get(name)
        hidden = field is not None and not self._role.shows(field.mask)
        return MASKED if hidden else text


# lists --------------------------------------------------------------------------------


def verdict_condition(*, pack: str, indicator: str, verdict: str) -> Q:
    """Return the condition on households that a standard says this of them.

    `indicator` may be `overall`; `verdict` is met, unmet, unknown or not_applicable.

    Raises:
        ScopeMissing: outside a region scope.
    """
    mark = MARK_BY_WORD.get(verdict, "")
    if indicator == OVERALL:
        found = Judgement.objects.filter(pack=pack, overall=mark)
        return Q(pk__in=found.values("household"))
    if mark in ("0", "1"):
        short = Shortfall.objects.filter(pack=pack, indicator=indicator, verdict=mark)
        return Q(pk__in=short.values("household"))
    condition = Q(pk__in=[])
    for stick in Yardstick.objects.all():
        if indicator in stick.measures:
            place = stick.measures.index(indicator) + 1
            marked = Judgement.objects.filter(
                pack=pack, fingerprint=stick.fingerprint
            ).alias(mark=Substr("verdicts", place, 1))
            condition |= Q(pk__in=marked.filter(mark=mark).values("household"))
    return condition


def indicator_choices(
    *, viewer: Post, language: str, day: date
) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Return the standards in force where a post is: pack, title, its indicators."""
    county = viewer.region_id[: LENGTH_BY_LEVEL["county"]]
    found = []
    for adoption in adoption_list_at(county=county, day=day, unit="household"):
        standard = in_force(adoption, county=county).standard
        shown = [(i.id, i.label.in_(language)) for i in standard.shown_at("household")]
        found.append((adoption.pack, standard.packs[0].title.in_(language), shown))
    return found


def judgements_of(
    *, household_ids: Sequence[int], pack: str
) -> dict[int, dict[str, str]]:
    """Return verdicts by measure of many households, as words, for a list.

    Raises:
        ScopeMissing: outside a region scope.
    """
    sticks = {y.fingerprint: y.measures for y in Yardstick.objects.all()}
    words = {mark: word for word, mark in MARK_BY_WORD.items()}
    found = Judgement.objects.filter(household__in=household_ids, pack=pack)
    return {
        j.household_id: {
            measure: words[mark]
            for measure, mark in zip(sticks[j.fingerprint], j.verdicts, strict=True)
        }
        for j in found
    }
