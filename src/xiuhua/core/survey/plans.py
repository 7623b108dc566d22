"""What a design of a check consists of, as data: read, checked, written.

A plan names how villages are drawn and what is taken in each. It holds no result.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from importlib.resources import files
from typing import Any, Final, Literal

from xiuhua.core.errors import XiuhuaError
from xiuhua.core.survey.frames import Group


VillageMethod = Literal["all", "pps_systematic", "pps_pivotal", "simple"]
TakeRule = Literal["all", "total", "per_village", "share"]
VILLAGE_METHODS: Final = ("all", "pps_systematic", "pps_pivotal", "simple")
TAKE_RULES: Final = ("all", "total", "per_village", "share")
VILLAGE_STRATA: Final = ("poor", "other")


class PlanUnusable(XiuhuaError):
    """A plan says something that cannot be, or leaves out something needed."""

    code = "survey.plan_unusable"


@dataclass(frozen=True)
class VillageStage:
    """How villages are drawn: all of them, or `number` per stratum.

    `number` has the keys `poor` and `other`, or the one key `all` when the villages
    are not stratified. Empty with method `all`.
    """

    method: VillageMethod
    number: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Take:
    """What is taken of some groups in the drawn villages.

    `total` households over all villages, `per_village` so many in each, `share` this
    part of each village (at most `cap`), or `all`. With `separate`, a total is shared
    out over its groups first, at least `minimum` each. `replacements` are drawn
    beforehand per village. `strata` limits the take to poor or to other villages.
    """

    name: str
    groups: tuple[Group, ...]
    rule: TakeRule
    number: int = 0
    share: float = 0.0
    cap: int | None = None
    separate: bool = False
    minimum: int = 0
    replacements: int = 0
    strata: tuple[str, ...] = VILLAGE_STRATA


@dataclass(frozen=True)
class Plan:
    """A whole design, where it comes from, and what in it is a choice of ours."""

    name: str
    villages: VillageStage
    takes: tuple[Take, ...]
    source: str = ""
    choices: str = ""

    @property
    def sha256(self) -> str:
        """The hash of the plan as canonical JSON."""
        text = json.dumps(
            as_data(self), ensure_ascii=False, sort_keys=True, separators=(",", ":")
        )
        return hashlib.sha256(text.encode()).hexdigest()


def as_data(plan: Plan) -> dict[str, Any]:
    """Return a plan as plain data for JSON."""
    data = asdict(plan)
    data["villages"]["number"] = dict(plan.villages.number)
    for take in data["takes"]:
        take["groups"] = [g.value for g in take["groups"]]
        take["strata"] = list(take["strata"])
    data["takes"] = list(data["takes"])
    return data


def read_plan(data: Mapping[str, Any]) -> Plan:
    """Return the plan that plain data describe, checked.

    Raises:
        PlanUnusable: naming the first thing that is wrong.
    """
    try:
        stage = VillageStage(
            data["villages"]["method"], dict(data["villages"].get("number", {}))
        )
        takes = tuple(
            Take(
                **{
                    **take,
                    "groups": tuple(Group(g) for g in take["groups"]),
                    "strata": tuple(take.get("strata", VILLAGE_STRATA)),
                }
            )
            for take in data["takes"]
        )
        plan = Plan(
            data["name"], stage, takes, data.get("source", ""), data.get("choices", "")
        )
    except (KeyError, TypeError, ValueError) as error:
        raise PlanUnusable("the design cannot be read: {error}", error=error) from error
    _check_stage(plan.villages)
    _check_takes(plan.takes)
    limited = [t.name for t in plan.takes if set(t.strata) != set(VILLAGE_STRATA)]
    if limited and set(stage.number) == {"all"}:
        raise PlanUnusable(
            "take {take} is limited to some villages, but villages are not drawn by "
            "stratum",
            hint="give the numbers of poor and of other villages",
            take=limited[0],
        )
    return plan


def _check_stage(stage: VillageStage) -> None:
    if stage.method not in VILLAGE_METHODS:
        raise PlanUnusable(
            "no method '{method}' for villages",
            hint="one of {known}",
            method=stage.method,
            known=", ".join(VILLAGE_METHODS),
        )
    if stage.method == "all":
        return
    if set(stage.number) not in ({"all"}, set(VILLAGE_STRATA)):
        raise PlanUnusable(
            "the number of villages is not given",
            hint="give `poor` and `other`, or one number for all villages",
        )
    if any(n < 0 for n in stage.number.values()) or not any(stage.number.values()):
        raise PlanUnusable("the number of villages must be positive")


def _check_takes(takes: tuple[Take, ...]) -> None:
    if not takes:
        raise PlanUnusable("the design takes nothing")
    for take in takes:
        _check_take(take)
    claimed = Counter(
        (group, stratum)
        for take in takes
        for group in take.groups
        for stratum in take.strata
    )
    for (group, _), count in claimed.items():
        if count > 1:
            raise PlanUnusable(
                "two takes draw from the group {group}", group=group.value
            )
    if len({take.name for take in takes}) < len(takes):
        raise PlanUnusable("two takes have the same name")


def _check_take(take: Take) -> None:
    if take.rule not in TAKE_RULES:
        raise PlanUnusable(
            "no rule '{rule}' in take {take}",
            hint="one of {known}",
            rule=take.rule,
            take=take.name,
            known=", ".join(TAKE_RULES),
        )
    if not take.groups or not set(take.strata) <= set(VILLAGE_STRATA):
        raise PlanUnusable(
            "take {take} names no group, or an unknown stratum", take=take.name
        )
    if take.rule in ("total", "per_village") and take.number < 1:
        raise PlanUnusable("take {take} needs a number", take=take.name)
    if take.rule == "share" and not 0 < take.share <= 1:
        raise PlanUnusable("take {take} needs a share between 0 and 1", take=take.name)
    if "/" in take.name or "|" in take.name or take.replacements < 0:
        raise PlanUnusable(
            "take {take} has a name or a number that will not do", take=take.name
        )


def presets() -> dict[str, dict[str, Any]]:
    """Return the shipped designs by name, as plain data with their sources."""
    text = files("xiuhua.core.survey").joinpath("presets.toml").read_text("utf-8")
    return tomllib.loads(text)


def preset(name: str, *, villages: Mapping[str, int] | None = None) -> Plan:
    """Return a shipped design, with other numbers of villages when they are given.

    Raises:
        PlanUnusable: when there is no such preset, or its source gives no number of
            villages and none is passed.
    """
    known = presets()
    if name not in known:
        raise PlanUnusable(
            "no preset '{name}'",
            hint="one of {known}",
            name=name,
            known=", ".join(known),
        )
    data = {"name": name, **known[name]}
    if villages:
        method = data["villages"]["method"]
        data["villages"] = {
            "method": "pps_systematic" if method == "all" else method,
            "number": dict(villages),
        }
    return read_plan(data)


def with_totals(plan: Plan, totals: Mapping[str, int]) -> Plan:
    """Return a plan in which the named takes draw other totals.

    Raises:
        PlanUnusable: when a name is not that of a take.
    """
    unknown = set(totals) - {take.name for take in plan.takes}
    if unknown:
        raise PlanUnusable(
            "no take {take}",
            hint="one of {known}",
            take=", ".join(sorted(unknown)),
            known=", ".join(take.name for take in plan.takes),
        )
    takes = tuple(
        replace(t, rule="total", number=totals[t.name]) if t.name in totals else t
        for t in plan.takes
    )
    _check_takes(takes)
    return replace(plan, takes=takes)
