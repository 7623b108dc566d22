"""No sign of a name is lost on paper."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from xiuhua.apps.documents.glyphs import font_file, printable, signs_of


def test_common_and_rare_signs_print_as_they_are():
    for name in ("王小明", "买买提·吐尔逊江", "龘䶮喆堃", "Zhuang 1", "㐂"):
        assert printable(name) == name


def test_a_sign_the_font_lacks_is_named():
    assert printable("𪚥某") == "[U+2A6A5]某"
    assert printable({"a": ["𪚥", 3, None]}) == {"a": ["[U+2A6A5]", 3, None]}


@given(st.text())
def test_whatever_comes_the_font_has_what_is_printed(text):
    has = signs_of(font_file())

    assert all(ord(c) in has or c in "\n\r\t" for c in printable(text))
