"""An ID number in two counties: each learns of it, neither sees the other's row."""

import pytest
from tests.factories.accounts import make_post
from tests.factories.moments import NOON, TODAY
from tests.factories.registry import HEAD, make_household
from tests.web.households import browser, get

from xiuhua.apps.accounts.scope import region_scope
from xiuhua.apps.assessments.health import households_checked, region_checked
from xiuhua.apps.assessments.models import Fault
from xiuhua.apps.assessments.selectors import health
from xiuhua.apps.registry.models import Household, Person


pytestmark = pytest.mark.usefixtures("each_database")
ELSEWHERE = "990102101201"
FURTHER = "990201101201"


@pytest.fixture(autouse=True)
def _one_factor(settings):
    settings.SECOND_FACTOR_REQUIRED = False


@pytest.fixture
def pair(each_database) -> tuple[Household, Household]:
    return make_household(persons=[HEAD]), make_household(ELSEWHERE, persons=[HEAD])


def noted() -> dict[int, tuple[str, str]]:
    rows = Fault.unscoped.filter(kind="id_elsewhere")
    return {f.household_id: (f.expected, f.others) for f in rows}


def member(household: Household) -> Person:
    return Person.unscoped.get(household=household)


@pytest.mark.parametrize("region", ["990101", "990102", "99"])
def test_a_double_is_noted_on_both_sides_whoever_looks(pair, region):
    first, second = pair

    region_checked(region, as_of=TODAY, at=NOON)

    assert noted() == {
        first.pk: ("9901", str(member(second).pk)),
        second.pk: ("9901", str(member(first).pk)),
    }
    assert not Fault.unscoped.filter(kind="id_duplicate").exists()


def test_within_a_county_it_stays_a_clash_of_two_rows():
    first, second = make_household(persons=[HEAD]), make_household(persons=[HEAD])

    region_checked("990101", as_of=TODAY, at=NOON)

    assert noted() == {}
    clashing = Fault.unscoped.filter(kind="id_duplicate")
    assert {f.household_id for f in clashing} == {first.pk, second.pk}


def test_who_is_asked_is_the_nearest_office_above_both(pair):
    make_household(FURTHER, persons=[HEAD])
    make_household("980101101201", persons=[{**HEAD, "id_number": "11"}])

    region_checked("990101", as_of=TODAY, at=NOON)

    assert {expected for expected, _others in noted().values()} == {"99"}


def test_a_number_that_was_mended_frees_both(pair):
    first, second = pair
    households_checked([first.pk], as_of=TODAY, at=NOON)
    assert set(noted()) == {first.pk, second.pk}
    person = member(first)
    person.id_number = None
    person.save()

    households_checked([first.pk], as_of=TODAY, at=NOON)

    assert noted() == {}


@pytest.mark.parametrize("change", ["gone", "removed", "empty"])
def test_who_does_not_count_is_no_double(pair, change):
    _first, second = pair
    if change == "gone":
        Person.unscoped.filter(household=second).update(
            ended_on=TODAY, ended_reason="died"
        )
    elif change == "removed":
        Household.unscoped.filter(pk=second.pk).update(registration="removed")
    else:
        for person in Person.unscoped.all():
            person.id_number = None
            person.save()

    region_checked("99", as_of=TODAY, at=NOON)

    assert noted() == {}


def test_a_county_reads_whom_to_ask_the_province_reads_both_rows(pair):
    first, second = pair
    Household.unscoped.filter(pk=second.pk).update(head_name="赵别处")
    region_checked("99", as_of=TODAY, at=NOON)
    county = browser("county_office", "990101")

    text = get(county, "/data-health/faults/?kind=id_elsewhere").text

    assert "another county" in text
    assert "the office of 名9901" in text
    assert second.number not in text
    assert "990102" not in text
    assert "赵别处" not in text
    officer = make_post("province_officer", "99")
    with region_scope(["99"]):
        faults = list(health.fault_list(viewer=officer))
        named = health.others_shown(viewer=officer, faults=faults)
    assert {number for text in named.values() for number in text.split()} >= {
        first.number,
        second.number,
    }


def test_every_kind_can_be_chosen_and_has_a_label():
    for language in ("zh", "en"):
        label = health.kind_label("id_elsewhere", language)
        assert label
        assert "{" not in label
