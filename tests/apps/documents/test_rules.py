"""What stands on a card, and how large an order may be."""

from __future__ import annotations

import pytest

from xiuhua.apps.documents import rules
from xiuhua.core.dictionary.reader import load_dictionary


def test_every_field_of_the_card_is_in_the_dictionary_and_none_is_secret():
    levels = {
        "household": (*rules.CARD_FACTS, *rules.CARD_INCOME),
        "person": rules.CARD_MEMBERS,
    }
    for level, names in levels.items():
        fields = load_dictionary().level(level).by_name
        assert all(rules.stands_on_card(fields[name]) for name in names)
    assert not rules.stands_on_card(load_dictionary().level("person").by_name["health"])


def test_orders_at_the_edge():
    rules.check_count(1)
    rules.check_count(rules.CARDS_MOST)
    for count in (0, rules.CARDS_MOST + 1):
        with pytest.raises(rules.PaperRefused):
            rules.check_count(count)


def test_a_reason_says_something():
    assert rules.check_reason(" 本人申请 ") == "本人申请"
    with pytest.raises(rules.PaperRefused):
        rules.check_reason("要 ")
