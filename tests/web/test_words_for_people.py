"""Records keep codes; pages say names."""

from __future__ import annotations

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import translation

from xiuhua.web.colleagues import unnamed
from xiuhua.web.pages.ledger.shown import found_by


def test_what_a_rule_found_leads_there_and_no_code_shows():
    measure = reverse("plans:measure", args=[7])

    assert found_by("plans.measure:7") == {"source_url": measure}
    assert found_by("assessments.shortfall:7") == {"source_words": ""}
    assert found_by("纪检监察建议书") == {"source_words": "纪检监察建议书"}


def test_the_program_acts_under_its_own_name():
    with translation.override("zh-hans"):
        assert unnamed("command:tick") == "系统"
    assert unnamed("zhao") == "zhao"


def test_a_short_password_is_refused_in_chinese():
    with translation.override("zh-hans"), pytest.raises(ValidationError) as refused:
        validate_password("Ab1!")

    assert refused.value.messages == ["太短：至少 10 位。"]
