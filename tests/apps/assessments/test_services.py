from __future__ import annotations

from datetime import date, timedelta

import pyarrow.parquet as pq
import pytest
from tests.apps.assessments.loading import OF_CASE, load_case
from tests.factories.accounts import make_post
from tests.factories.moments import NOON

from xiuhua.apps.accounts.rules import NotPermitted
from xiuhua.apps.accounts.scope import region_scope
from xiuhua.apps.assessments import running
from xiuhua.apps.assessments.following import households_changed
from xiuhua.apps.assessments.jobs import days_advanced
from xiuhua.apps.assessments.models import (
    Adoption,
    Judgement,
    Run,
    Shortfall,
    Standing,
    Tally,
)
from xiuhua.apps.assessments.refreshing import region_follow
from xiuhua.apps.assessments.rules import (
    AdoptionRefused,
    StandardChanged,
    StandardLocked,
)
from xiuhua.apps.assessments.run_files import (
    changes_between,
    run_folder,
    snapshot_tables,
)
from xiuhua.apps.assessments.services import adoptions, runs
from xiuhua.apps.assessments.standards import in_force
from xiuhua.apps.audit.models import Entry
from xiuhua.apps.registry.models import Household
from xiuhua.core.errors import XiuhuaError
from xiuhua.core.truth import Verdict


each = pytest.mark.usefixtures("each_database")
REGION, AS_OF, GIVEN = OF_CASE["county-2019"]


def clock():
    return NOON


def adopt(by, **said):
    usual = {"region": REGION, "pack": "household_exit", "document": "县扶组2019-1号"}
    usual |= {"as_of": AS_OF, "valid_from": date(2019, 1, 1), "parameters": GIVEN}
    return adoptions.pack_adopt(**usual | said, by=by, at=NOON)


@pytest.fixture
def office(each_database):
    """The county office, in its scope."""
    post = make_post("county_office", REGION)
    with region_scope([REGION]):
        yield post


def test_a_standard_is_adopted_on_a_document_and_ends_the_one_before(office):
    first = adopt(office)
    second = adopt(office, valid_from=date(2019, 6, 1), document="县扶组2019-2号")

    first.refresh_from_db()
    assert first.valid_to == second.valid_from == date(2019, 6, 1)
    assert len(second.fingerprint) == 16
    entry = Entry.objects.filter(action="assessments.adoption.adopted").last()
    assert entry.new["fingerprint"] == second.fingerprint
    assert entry.old["document"] == "县扶组2019-1号"
    with pytest.raises(AdoptionRefused):
        adopt(office, document=" ")
    with pytest.raises(AdoptionRefused):
        adopt(office, valid_from=date(2019, 3, 1))


def test_another_countys_office_adopts_nothing_here(office):
    with pytest.raises(NotPermitted):
        adopt(office, region="239907")


def test_a_locked_standard_is_neither_raised_nor_lowered(office):
    Adoption.unscoped.create(
        region_id="23",
        pack="household_exit",
        unit="household",
        document="省扶组2019-1号",
        fingerprint=in_force(adopt(office), county=REGION).fingerprint[:16],
        locked=True,
        valid_from=date(2018, 1, 1),
        as_of=AS_OF,
        follows_calendar=False,
        adopted_at=NOON,
        adopted_by="province",
        parameters={},
    )

    with pytest.raises(StandardLocked):
        adopt(
            office,
            valid_from=date(2019, 7, 1),
            parameters=GIVEN | {"poverty_line_yuan": "3000"},
        )
    # What the province leaves open, the county may say.
    assert adopt(office, valid_from=date(2019, 7, 1)).parameters == GIVEN


def test_a_pack_that_is_not_what_was_adopted_judges_nobody(office):
    adoption = adopt(office)
    adoption.fingerprint = "0" * 16

    with pytest.raises(StandardChanged):
        in_force(adoption, county=REGION)


@pytest.fixture
def county(office):
    load_case("county-2019", limit=400)
    unsafe = Household.unscoped.order_by("pk").values("pk")[:3]
    Household.unscoped.filter(pk__in=list(unsafe.values_list("pk", flat=True))).update(
        housing_grade="C"
    )
    adopt(office)
    return office


def ask(by, **said):
    with_usual = {"region": REGION, "as_of": AS_OF} | said
    run = runs.run_ask(**with_usual, by=by, at=NOON)
    running.run_perform(run_id=run.pk, clock=clock)
    run.refresh_from_db()
    return run


def test_a_run_judges_keeps_and_brings_current_judgements_up_to_date(county):
    run = ask(county)

    assert (run.state, run.problem) == ("done", "")
    assert run.counts["households"] == run.counts["refreshed"] == 400
    assert Standing.objects.count() == Judgement.objects.count() == 400
    tally = run.counts["measures"]["safe_housing"]
    for word, mark in (("met", "2"), ("unmet", "0")):
        cells = Tally.objects.filter(
            region=REGION, measure="safe_housing", verdict=mark
        ).values_list("households", flat=True)
        assert sum(cells) == tally.get(word, 0)
    unmet = Shortfall.objects.filter(indicator="safe_housing", verdict="0").first()
    assert unmet.reasons[0]["name"] == "housing_grade"
    assert unmet.reasons[0]["value"] in ("C", "D")
    assert Entry.objects.filter(action="assessments.run.asked").count() == 1


def test_a_run_is_recomputed_from_its_snapshot_to_the_same_hash(county):
    run = ask(county)
    Household.unscoped.update(housing_grade="D")

    again = running.recompute(run_id=run.pk, clock=clock)

    assert again == run.result_hash
    run.refresh_from_db()
    assert run.recomputed_hash == again
    table = snapshot_tables(run_folder(run.folder))["household"]
    table.write_bytes(table.read_bytes()[:-1] + b"x")
    with pytest.raises(running.SnapshotChanged):
        running.recompute(run_id=run.pk, clock=clock)


def test_two_runs_are_compared_household_by_household(county):
    older = ask(county)
    judged = Judgement.objects.exclude(verdicts__startswith="x").order_by("pk")
    safe = [
        j.household_id
        for j in judged
        if not Shortfall.objects.filter(
            household=j.household_id, indicator="safe_housing"
        )
    ][:3]
    Household.unscoped.filter(pk__in=safe).update(housing_grade="D")

    newer = ask(county)

    changes = changes_between(
        run_folder(older.folder),
        run_folder(newer.folder),
        measure="safe_housing",
        region=REGION,
    )
    assert {c.household_id for c in changes} == set(safe)
    assert {(c.before, c.after) for c in changes} == {(Verdict.MET, Verdict.UNMET)}
    assert older.result_hash != newer.result_hash


def test_a_household_changed_since_the_snapshot_is_left_as_it_was_judged_then(
    county, monkeypatch
):
    ask(county)
    key = Standing.objects.earliest("pk").household_id
    real = running.judged_files

    def changed_meanwhile(*words):
        Household.unscoped.filter(pk=key).update(housing_grade="D")
        households_changed(household_ids=[key], by=county, at=NOON)
        return real(*words)

    monkeypatch.setattr(running, "judged_files", changed_meanwhile)
    run = ask(county)

    assert run.counts["changed_since"] == 1
    assert run.counts["refreshed"] == 399
    assert Shortfall.objects.filter(
        household=key, indicator="safe_housing", verdict="0"
    ).exists()


def test_a_trial_with_other_values_changes_nothing_that_is_current(county):
    ask(county)
    before = list(Judgement.objects.order_by("pk").values_list("verdicts", flat=True))

    trial = ask(
        county, adopted=False, parameters=GIVEN | {"poverty_line_yuan": "900000"}
    )

    assert trial.counts["measures"]["income"]["unmet"] > 300
    assert "refreshed" not in trial.counts
    after = list(Judgement.objects.order_by("pk").values_list("verdicts", flat=True))
    assert after == before
    assert Entry.objects.last().new["parameters"]["poverty_line_yuan"] == "900000"


def test_a_run_that_was_cancelled_leaves_only_its_row(county):
    run = runs.run_ask(region=REGION, as_of=AS_OF, by=county, at=NOON)
    with pytest.raises(runs.RunRefused):
        runs.run_ask(region=REGION, as_of=AS_OF, by=county, at=NOON)
    Run.objects.filter(pk=run.pk).update(cancel_asked=True)

    assert running.run_perform(run_id=run.pk, clock=clock) == "cancelled"
    run.refresh_from_db()
    assert (run.state, run.folder, run.snapshot_hash) == ("cancelled", "", "")
    assert running.run_perform(run_id=run.pk, clock=clock) == "left alone"


def test_a_run_without_a_standard_in_force_fails_in_words(office):
    load_case("county-2019", limit=5)

    run = ask(office)

    assert run.state == "failed"
    assert REGION in run.problem


def test_names_are_erased_and_figures_stay(county):
    run = ask(county)
    names = run_folder(run.folder) / "snapshot" / "identities.parquet"
    assert pq.read_metadata(names).num_rows == 400

    runs.run_identities_erase(run=run.pk, by=county, at=NOON)

    assert not names.exists()
    assert running.recompute(run_id=run.pk, clock=clock) == run.result_hash
    with pytest.raises(runs.RunRefused):
        runs.run_identities_erase(run=run.pk, by=county, at=NOON)


@pytest.mark.parametrize(
    ("adopted_in", "who", "may"),
    [
        (REGION, ("prefecture_officer", "2399"), False),
        (REGION, ("province_officer", "23"), False),
        ("2399", ("prefecture_officer", "2399"), True),
        ("2399", ("province_officer", "23"), False),
        ("23", ("province_officer", "23"), True),
        ("23", ("county_office", REGION), True),
    ],
)
def test_a_run_is_ended_by_its_post_or_up_to_whose_standard_it_is(
    office, adopted_in, who, may
):
    adoption = adopt(office)
    Adoption.unscoped.filter(pk=adoption.pk).update(region=adopted_in)
    run = runs.run_ask(region=REGION, as_of=AS_OF, by=office, at=NOON)
    other = make_post(*who)
    Run.unscoped.update(state="done", snapshot_hash="a", result_hash="b", folder="none")

    def act():
        with region_scope([other.region_id]):
            return runs.run_identities_erase(run=run.pk, by=other, at=NOON)

    if may:
        assert act().identities_erased_at == NOON
    else:
        with pytest.raises(runs.RunRefused):
            act()
        runs.run_identities_erase(run=run.pk, by=office, at=NOON)


def test_an_officer_above_stops_the_run_of_his_own(office):
    adopt(office)
    officer = make_post("prefecture_officer", "2399")
    with region_scope(["2399"]):
        run = runs.run_ask(region=REGION, as_of=AS_OF, by=officer, at=NOON)
        assert runs.run_cancel(run=run.pk, by=officer, at=NOON).state == "cancelled"


def test_a_run_judges_villages_too(office):
    with pytest.raises(XiuhuaError):
        runs.run_ask(region=REGION, as_of=AS_OF, village_pack="", by=office, at=NOON)


def test_the_day_judged_for_is_moved_and_a_run_follows(county):
    ask(county)
    adoption = Adoption.objects.get()

    adoptions.judging_day_set(
        adoption=adoption.pk,
        as_of=AS_OF - timedelta(days=30),
        by=county,
        at=NOON,
    )
    run = ask(county, as_of=AS_OF - timedelta(days=30))

    assert run.counts["refreshed"] == 400
    assert set(Judgement.objects.values_list("as_of", flat=True)) == {
        AS_OF - timedelta(days=30)
    }


def test_a_standard_that_ends_takes_its_judgements_along(county):
    ask(county)
    adoption = Adoption.objects.get()

    adoptions.adoption_end(
        adoption=adoption.pk, on=date(2019, 6, 1), by=county, at=NOON
    )
    assert region_follow(REGION, at=NOON) == 400

    assert not Judgement.objects.exists()
    assert not Shortfall.objects.exists()
    left = Tally.objects.filter(pack="household_exit", households__gt=0)
    assert not left.exists()
    assert Tally.objects.filter(pack="", region=REGION, households__gt=0).exists()


def test_a_standard_that_follows_the_calendar_moves_with_the_days(county):
    ask(county)
    Adoption.objects.update(follows_calendar=True)

    said, figures = days_advanced(at=NOON)

    assert said.format(**figures) == "1 standards moved to 2019-06-23"
    run = Run.objects.get(state="waiting")
    running.run_perform(run_id=run.pk, clock=clock)
    assert set(Judgement.objects.values_list("as_of", flat=True)) == {date(2019, 6, 23)}
    assert days_advanced(at=NOON)[1]["standards"] == 0
