"""The list and the page of households; acts on them."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from tests.factories.accounts import make_post
from tests.factories.registry import HEAD, make_household
from tests.web.households import browser, browser_of, get, post

from xiuhua.apps.registry.facts import fact_names
from xiuhua.apps.registry.models import Change, Household, IncomeStatement, Person
from xiuhua.core.dictionary.reader import load_dictionary
from xiuhua.web.forms import new_key
from xiuhua.web.pages.households.chart import income_chart
from xiuhua.web.pages.households.topics import HOUSEHOLD, PERSON


TOWNSHIP = "990101101"
LIST = "/households/"


@pytest.fixture(autouse=True)
def _without_second_factor(settings):
    settings.SECOND_FACTOR_REQUIRED = False


pytestmark = pytest.mark.usefixtures("each_database")


def page_of(household: Household) -> str:
    return reverse("households:page", args=[household.pk])


def test_every_field_stands_in_one_topic():
    for level, topics in (("household", HOUSEHOLD), ("person", PERSON)):
        named = [name for topic in topics.values() for name in topic.fields]

        assert sorted(named) == sorted(fact_names(level))


def test_the_list_shows_the_households_of_the_post_alone():
    own, other = make_household(), make_household("990102101201", persons=[])

    text = get(browser("township_clerk", TOWNSHIP), LIST).text

    assert page_of(own) in text
    assert page_of(other) not in text
    assert "1 rows" in text


@pytest.mark.parametrize("line", ["王小", "wxm", "99012619330319911X", "139", "WXM"])
def test_a_line_finds_by_whatever_it_is(line):
    found, other = make_household(), make_household(persons=[{"name": "李四"}])
    Household.unscoped.filter(pk=found.pk).update(phone="13900000001")
    Household.unscoped.filter(pk=other.pk).update(phone="13700000002")
    client = browser("township_clerk", TOWNSHIP)
    line = "13900000001" if line == "139" else line

    sent = post(client, LIST, {"find": line})
    text = get(client, sent["Location"]).text

    assert line not in sent["Location"]
    assert page_of(found) in text
    assert page_of(other) not in text


def test_a_line_as_input_methods_write_it_finds_too():
    found = make_household()
    client = browser("county_office", "990101")

    wide = "".join(chr(0xFEE0 + ord(c)) for c in "99012619330319911x")

    for line in ("王\u3000小", wide, "990126 19330319 911x"):
        sent = post(client, LIST, {"find": line})
        assert page_of(found) in get(client, sent["Location"]).text, line
    sent = post(client, LIST, {"find": "%"})
    assert "0 rows" in get(client, sent["Location"]).text


def test_what_a_role_may_not_see_it_may_not_search_by():
    household = make_household()

    for role, region, line in (
        ("helper", "990101101201", "99012619330319911X"),
        ("sector_bureau", "990101", "王小明"),
        ("sector_bureau", "990101", "wxm"),
    ):
        said = {"sector": "water"} if role == "sector_bureau" else {}
        client = browser(role, region, **said)
        sent = post(client, LIST, {"find": line})
        assert page_of(household) not in get(client, sent["Location"]).text


def test_filters_narrow_the_list():
    poor = make_household(poverty="not_exited")
    exited = make_household(poverty="exited", persons=[])
    client = browser("county_office", "990101")

    text = get(client, f"{LIST}?poverty=exited&part={TOWNSHIP}").text

    assert page_of(exited) in text
    assert page_of(poor) not in text
    assert page_of(exited) not in get(client, f"{LIST}?poverty=unknown").text
    year = re.search(r'name="exit".*?value="(\d{4})"', text, re.S).group(1)
    assert page_of(exited) not in get(client, f"{LIST}?exit={year}").text
    assert get(client, f"{LIST}?region=990102").status_code == 404


def test_the_page_shows_members_facts_and_income_and_withholds_secrets():
    household = make_household()

    text = get(browser("township_clerk", TOWNSHIP), page_of(household)).text

    assert "王小明" in text
    assert "王丽" in text
    assert "99012619330319911X" not in text
    assert "withheld" in text
    assert "Illness" in text


def test_a_bureau_sees_no_name_and_no_phone():
    household = make_household(
        values={"phone": "13912345678", "main_cause": "illness", "helper_name": "赵大"}
    )

    text = get(
        browser("sector_bureau", "990101", sector="water"), page_of(household)
    ).text

    assert "王**" in text
    for word in ("王小明", "13912345678", "1933-03-19", "赵大"):
        assert word not in text


def test_a_household_elsewhere_answers_like_one_that_is_not_there():
    other = make_household("990102101201")
    client = browser("township_clerk", TOWNSHIP)

    foreign = get(client, page_of(other))
    missing = get(client, page_of(other).replace(str(other.pk), "987654321"))

    assert foreign.status_code == missing.status_code == 404
    tokens = re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"')
    same = tokens.sub("", foreign.text).replace(f"/{other.pk}/", "/987654321/")
    assert same == tokens.sub("", missing.text)


def filled(client: Any, path: str, **said: Any) -> dict[str, Any]:
    """Return what the form of a page would send, with some fields changed."""
    form = get(client, path).context["form"]
    values = {n: form.get_initial_for_field(f, n) for n, f in form.fields.items()}
    values |= said
    return {k: v for k, v in values.items() if v not in (None, "")}


def test_facts_are_corrected_and_the_history_says_since_when():
    household = make_household()
    client = browser("township_clerk", TOWNSHIP)
    path = reverse("households:correct", args=[household.pk, "contact"])
    data = filled(client, path, village_group="三组", valid_from="2019-05-01")

    answer = post(client, path, data)

    assert answer["Location"] == page_of(household)
    household.refresh_from_db()
    assert household.village_group == "三组"
    # What is withheld and left empty stays as it is.
    assert household.head_id_number == HEAD["id_number"]
    change = Change.unscoped.latest("pk")
    assert change.new == {"village_group": "三组"}
    assert change.valid_from == date(2019, 5, 1)
    assert "Saved: Who and where" in get(client, page_of(household)).text


def test_a_form_sent_twice_acts_once():
    household = make_household()
    client = browser("township_clerk", TOWNSHIP)
    path = reverse("households:member_add", args=[household.pk])
    data = filled(client, path, name="王强", valid_from="2019-05-01")

    answers = [post(client, path, data)["Location"] for _ in range(3)]

    assert len(set(answers)) == 1
    assert Person.unscoped.filter(name="王强").count() == 1


def test_a_form_that_is_too_old_saves_nothing_and_says_so():
    household = make_household()
    client = browser("township_clerk", TOWNSHIP)
    path = reverse("households:correct", args=[household.pk, "contact"])
    old = filled(client, path, village_group="甲组", valid_from="2019-05-01")
    post(client, path, {**old, "village_group": "乙组", "once": new_key()})

    answer = post(client, path, old)
    without = post(client, path, {**old, "version": "", "once": new_key()})

    assert answer.status_code == without.status_code == 409
    assert "Somebody changed this in the meantime" in answer.text
    assert path in answer.text
    household.refresh_from_db()
    assert household.village_group == "乙组"


def test_a_form_that_says_nothing_new_is_not_swallowed():
    household = make_household()
    client = browser("township_clerk", TOWNSHIP)
    path = reverse("households:correct", args=[household.pk, "contact"])
    same = filled(client, path, village_group="一组", phone="139")
    same["valid_from"] = "2018-12-01"

    refused = post(client, path, same)
    taken = post(client, path, {**same, "restated": "on", "once": new_key()})

    assert refused.status_code == 422
    assert "nothing differs from what is recorded" in refused.text
    assert taken.status_code == 302
    change = Change.unscoped.filter(household=household).latest("pk")
    assert (change.act, str(change.valid_from)) == ("restate", "2018-12-01")
    history = reverse("households:history", args=[household.pk])
    assert "Held since earlier" in get(client, history).text


def test_what_cannot_be_stands_at_its_field_and_nothing_is_saved():
    household = make_household()
    client = browser("township_clerk", TOWNSHIP)
    path = reverse("households:correct", args=[household.pk, "housing"])

    answer = post(client, path, filled(client, path, dwelling_area="-5"))
    later = post(client, path, filled(client, path, valid_from="2999-01-01"))

    assert answer.status_code == later.status_code == 422
    assert "id_dwelling_area_error" in answer.text
    assert "2999-01-01 is still to come" in later.text
    household.refresh_from_db()
    assert (household.dwelling_area, household.version) == (None, 1)


def test_income_is_stated_and_corrected():
    household = make_household()
    client = browser("township_clerk", TOWNSHIP)
    path = reverse("households:income", args=[household.pk, 2018])

    post(client, path, filled(client, path, wage_income="9000.50", source="入户"))
    data = filled(client, path, transfer_income="100")
    assert data["version"] == 1
    answer = post(client, path, data)

    assert answer["Location"] == f"{page_of(household)}#income"
    [statement] = IncomeStatement.unscoped.all()
    assert (statement.wage_income, statement.transfer_income) == (
        Decimal("9000.50"),
        Decimal("100.00"),
    )
    [bar] = income_chart([statement], household.persons_count).bars
    assert (bar.label, bar.net) == ("2018", None)
    assert sum(part.width for part in bar.parts) == pytest.approx(320)
    for name in ("property_income", "business_income", "business_expense"):
        setattr(statement, name, Decimal(0))
    [bar] = income_chart([statement], 2).bars
    assert (bar.net, bar.per_capita) == (Decimal("9100.50"), Decimal("4550.25"))


def test_a_member_is_corrected():
    household = make_household()
    person = Person.unscoped.get(name="王丽")
    client = browser("township_clerk", TOWNSHIP)
    path = reverse(
        "households:member_correct", args=[household.pk, person.pk, "school"]
    )
    data = filled(client, path, school_stage="primary", valid_from="2019-03-01")

    answer = post(client, path, data)

    assert answer["Location"] == f"{page_of(household)}#member-{person.pk}"
    person.refresh_from_db()
    assert person.school_stage == "primary"
    other = make_household(persons=[])
    strange = reverse("households:member_correct", args=[other.pk, person.pk, "school"])
    assert get(client, strange).status_code == 404


def test_a_household_is_entered_with_its_head():
    make_household()
    client = browser("township_clerk", TOWNSHIP)
    path = reverse("households:register")
    data = filled(
        client, path, village="990101101201", name="赵新", valid_from="2019-05-01"
    )

    answer = post(client, path, data)

    entered = Household.unscoped.latest("pk")
    assert answer["Location"] == page_of(entered)
    assert (entered.head_name, entered.registration) == ("赵新", "none")


@pytest.mark.parametrize(
    ("number", "said"),
    [
        ("99062119900101123", "18 characters"),
        ("990621199013011234", "no date of birth"),
        ("990621199001011234", "a digit is mistyped"),
    ],
)
def test_a_mistyped_identity_number_stands_at_its_field(number, said):
    make_household()
    client = browser("township_clerk", TOWNSHIP)
    path = reverse("households:register")
    data = filled(client, path, village="990101101201", name="赵新", id_number=number)
    before = Household.unscoped.count()

    answer = post(client, path, data)

    assert answer.status_code == 422
    assert said in answer.text
    assert Household.unscoped.count() == before


def test_who_may_not_edit_sees_no_form_and_no_way_to_one():
    household = make_household()
    client = browser("township_leader", TOWNSHIP)

    text = get(client, page_of(household)).text

    assert "/facts/" not in text
    for name, more in (
        ("correct", ["contact"]),
        ("member_add", []),
        ("income", [2018]),
    ):
        path = reverse(f"households:{name}", args=[household.pk, *more])
        assert get(client, path).status_code == 403
        assert post(client, path).status_code == 403


def test_the_workbook_withholds_what_the_page_withholds():
    make_household()
    client = browser("county_leader", "990101")

    answer = get(client, f"{LIST}?as=xlsx")

    assert answer.status_code == 200
    assert "xlsx" in answer["Content-Disposition"]
    assert get(browser("helper", "990101101201"), f"{LIST}?as=xlsx").status_code == 403


def test_views_are_kept_and_found_again():
    holder = make_post("county_office", "990101")
    client = browser_of(holder)

    sent = post(
        client,
        reverse("view_save"),
        {"page": "households:index", "query": "cause=illness&page=3", "name": "因病"},
    )

    assert sent["Location"] == f"{LIST}?cause=illness"
    assert 'href="?cause=illness">因病' in get(client, LIST).text
    saved = holder.user.saved_views.get()
    post(client, reverse("view_forget", args=[saved.pk]))
    assert not holder.user.saved_views.exists()
    nowhere = post(client, reverse("view_save"), {"page": "no:such", "name": "x"})
    assert nowhere.status_code == 404


def test_pages_ask_few_questions(django_assert_max_num_queries):
    household = make_household()
    client = browser("township_clerk", TOWNSHIP)

    for path in (LIST, page_of(household)):
        with django_assert_max_num_queries(25):
            get(client, path)


def test_labels_of_the_dictionary_lead_in_both_languages():
    household = make_household()
    field = load_dictionary().level("household").by_name["housing_grade"]
    holder = make_post("township_clerk", TOWNSHIP)

    chinese = get(browser_of(holder, language="zh-hans"), page_of(household)).text
    english = get(browser_of(holder), page_of(household)).text

    assert field.label.zh in chinese
    assert field.label.en in english
    assert not re.search(r"[一-鿿]{2,}证件", english)


def test_many_households_are_changed_at_once_and_taken_back():
    one, other = make_household(), make_household(persons=[])
    client = browser("township_clerk", TOWNSHIP)
    text = get(client, LIST).text
    rows = re.findall(r'name="row" value="([\d.]+)"', text)
    data = {
        "row": rows,
        "field": "village_group",
        "value": "五组",
        "valid_from": "2019-05-01",
        "once": new_key(),
    }

    done = post(client, reverse("households:bulk"), data)
    again = post(client, reverse("households:bulk"), data)

    assert sorted(rows) == sorted([f"{one.pk}.1", f"{other.pk}.1"])
    assert done["Location"] == again["Location"] == LIST
    groups = Household.unscoped.values_list("village_group", flat=True)
    assert list(groups) == ["五组", "五组"]
    assert "Take back the last change of 2 households" in get(client, LIST).text
    stale = post(client, reverse("households:bulk"), {**data, "once": new_key()})
    assert stale.status_code == 409
    post(client, reverse("households:bulk_undo"))
    one.refresh_from_db()
    assert one.village_group == "一组"
    assert (
        "nothing to take back"
        in get(client, post(client, reverse("households:bulk_undo"))["Location"]).text
    )


def test_many_households_are_changed_in_ones_own_region_and_by_fit_values_alone():
    own, foreign = make_household(), make_household("990102101201", persons=[])
    client = browser("township_clerk", TOWNSHIP)
    data = {"field": "village_group", "value": "五组", "valid_from": "2019-05-01"}

    def send(*rows: str, **said: Any) -> Any:
        form = {**data, "row": list(rows), "once": new_key(), **said}
        return post(client, reverse("households:bulk"), form)

    assert send(f"{own.pk}.1", f"{foreign.pk}.1").status_code == 404
    assert send().status_code == send("nonsense").status_code == 302
    send(f"{own.pk}.1", field="planned_exit_year", value="bald")
    send(f"{own.pk}.1", field="head_name", value="改名")

    for household in (own, foreign):
        household.refresh_from_db()
        assert household.version == 1
    leader = get(browser("township_leader", TOWNSHIP), LIST).text
    assert 'name="row"' not in leader
