from __future__ import annotations

import json
from typing import Any

import pytest

from xiuhua.core.survey.plans import (
    PlanUnusable,
    as_data,
    preset,
    presets,
    read_plan,
    with_totals,
)


def _data(**changes: Any) -> dict[str, Any]:
    take = {"name": "a", "groups": ["exited"], "rule": "all"} | changes.pop("take", {})
    return {"name": "x", "villages": {"method": "all"}, "takes": [take]} | changes


@pytest.mark.parametrize("name", presets())
def test_presets_can_be_read_and_name_their_source(name: str) -> None:
    numbers = None if name != "district_evaluation_2017" else {"poor": 3, "other": 2}
    plan = preset(name, villages=numbers)

    assert plan.source
    assert plan.choices
    again = read_plan(json.loads(json.dumps(as_data(plan))))
    assert again == plan
    assert again.sha256 == plan.sha256


def test_preset_without_villages_asks_for_them() -> None:
    with pytest.raises(PlanUnusable, match="number of villages is not given"):
        preset("district_evaluation_2017")
    with pytest.raises(PlanUnusable, match="no preset 'nothing'"):
        preset("nothing")


def test_totals_can_be_replaced() -> None:
    plan = preset("county_self_check")
    smaller = with_totals(plan, {"exited": 300})

    assert smaller.takes[0].number == 300
    assert smaller.takes[1] == plan.takes[1]
    assert smaller.sha256 != plan.sha256
    with pytest.raises(PlanUnusable, match="no take b"):
        with_totals(plan, {"b": 1})


def test_villages_of_a_census_preset_can_be_sampled() -> None:
    plan = preset("county_self_check", villages={"all": 20})

    assert plan.villages.method == "pps_systematic"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({}, "cannot be read"),
        (_data(takes=[]), "takes nothing"),
        (_data(villages={"method": "lottery"}), "no method 'lottery'"),
        (_data(villages={"method": "simple"}), "number of villages is not given"),
        (_data(villages={"method": "simple", "number": {"all": 0}}), "positive"),
        (_data(villages={"method": "simple", "number": {"rich": 3}}), "not given"),
        (_data(take={"groups": ["rich"]}), "cannot be read"),
        (_data(take={"groups": []}), "no group"),
        (_data(take={"rule": "some"}), "no rule 'some'"),
        (_data(take={"rule": "total"}), "needs a number"),
        (_data(take={"rule": "share", "share": 1.5}), "between 0 and 1"),
        (_data(take={"name": "a/b"}), "will not do"),
        (_data(take={"colour": "red"}), "cannot be read"),
        (
            _data(
                villages={"method": "simple", "number": {"all": 3}},
                take={"strata": ["poor"]},
            ),
            "not drawn by stratum",
        ),
        (_data(takes=_data()["takes"] * 2), "two takes draw from the group exited"),
        (
            _data(
                takes=[*_data()["takes"], *_data(take={"groups": ["illness"]})["takes"]]
            ),
            "same name",
        ),
    ],
)
def test_faults_are_named(data: dict[str, Any], message: str) -> None:
    with pytest.raises(PlanUnusable, match=message):
        read_plan(data)
