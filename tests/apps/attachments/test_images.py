"""Photos lose place, time and device, and keep every bit of the picture."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.factories.attachments import PLACE, jpeg, png, webp

from xiuhua.apps.attachments.images import bare_picture
from xiuhua.apps.attachments.rules import JPEG, PNG, WEBP, EvidenceRefused


PICTURES = [(jpeg(), JPEG), (png(), PNG), (webp(), WEBP)]


@pytest.mark.parametrize(("content", "kind"), PICTURES)
def test_nothing_of_the_place_is_left(content, kind):
    assert PLACE in content

    bare = bare_picture(content, kind)

    assert b"GPS" not in bare
    assert b"Maker" not in bare
    assert bare_picture(bare, kind) == bare


def test_a_jpeg_keeps_its_picture_and_how_it_is_turned():
    content = jpeg(orientation=6)

    bare = bare_picture(content, JPEG)

    picture = content[content.index(b"\xff\xdb") :]
    assert bare.endswith(picture)
    assert bare.count(b"Exif\0\0") == 1
    assert struct.pack(">HHIHH", 0x0112, 3, 1, 6, 0) in bare


def test_an_upright_jpeg_has_no_exif_at_all():
    assert b"Exif" not in bare_picture(jpeg(orientation=1), JPEG)


def test_what_follows_the_end_is_cut_off():
    """Phones hang a second picture or a film on the first, with places in them."""
    bare = bare_picture(jpeg(trailer=b"ftypmp42" + PLACE), JPEG)

    assert bare.endswith(b"\xff\xd9")
    assert b"GPS" not in bare


def test_a_colour_profile_stays_and_a_list_of_previews_goes():
    profile = b"\xff\xe2" + struct.pack(">H", 20) + b"ICC_PROFILE\0" + b"\x01" * 6
    previews = b"\xff\xe2" + struct.pack(">H", 12) + b"MPF\0" + b"\x02" * 6

    bare = bare_picture(jpeg(extra=profile + previews), JPEG)

    assert profile in bare
    assert b"MPF" not in bare


def test_the_webp_header_announces_nothing_that_is_gone():
    bare = bare_picture(webp(), WEBP)

    flags = bare[bare.index(b"VP8X") + 8]
    assert flags & 0x0C == 0
    assert struct.unpack_from("<I", bare, 4)[0] == len(bare) - 8


@pytest.mark.parametrize(("width", "height"), [(0, 2), (20_000, 20_000)])
def test_pictures_nobody_can_show_are_refused(width, height):
    with pytest.raises(EvidenceRefused):
        bare_picture(png(width, height), PNG)


@pytest.mark.parametrize(("content", "kind"), PICTURES)
@given(data=st.data())
def test_damaged_photos_are_refused_or_bare(content, kind, data):
    """Whatever a broken file looks like, it ends in one of two ways."""
    cut = data.draw(st.integers(12, len(content)))
    at = data.draw(st.integers(3, len(content) - 1))
    byte = data.draw(st.integers(0, 255))
    broken = (content[:at] + bytes([byte]) + content[at + 1 :])[:cut]

    try:
        bare = bare_picture(broken, kind)
    except EvidenceRefused:
        return

    assert bare_picture(bare, kind) == bare
