"""Kinds by content, limits, names."""

from __future__ import annotations

import pytest
from tests.factories.attachments import PDF, archive, jpeg, png, sent, webp

from xiuhua.apps.attachments import rules
from xiuhua.apps.attachments.rules import EvidenceRefused, Limits, Subject


LIMITS = Limits(bytes_most=rules.MEGABYTE, files_most=3)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (jpeg(), rules.JPEG),
        (png(), rules.PNG),
        (webp(), rules.WEBP),
        (PDF, rules.PDF),
        (archive("[Content_Types].xml", "word/document.xml"), rules.DOCX),
        (archive("[Content_Types].xml", "xl/workbook.xml"), rules.XLSX),
        (archive("OFD.xml", "Doc_0/Document.xml"), rules.OFD),
    ],
)
def test_the_content_says_what_a_file_is(content, kind):
    assert rules.kind_of(content) is kind


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"MZ\x90\0",
        b"<html><script>alert(1)</script>",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"\0\0\0\x18ftypheic",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"RIFF\0\0\0\0AVI ",
        b"PK\x03\x04 cut off",
        archive("a.txt"),
        archive("word/document.xml", "word/vbaProject.bin"),
        archive(*(f"word/{n}.xml" for n in range(2001)), "word/document.xml"),
    ],
)
def test_other_files_are_refused(content):
    with pytest.raises(EvidenceRefused):
        rules.kind_of(content)


def test_an_archive_that_swells_is_refused():
    bomb = archive("word/document.xml", "word/a.xml", content=b"\0" * (101 << 20))

    assert len(bomb) < rules.MEGABYTE
    with pytest.raises(EvidenceRefused, match="too large"):
        rules.kind_of(bomb)


def test_sizes_at_the_edge():
    rules.check_size(1, LIMITS)
    rules.check_size(rules.MEGABYTE, LIMITS)
    for size in (0, rules.MEGABYTE + 1):
        with pytest.raises(EvidenceRefused):
            rules.check_size(size, LIMITS)


def test_counts_at_the_edge():
    rules.check_count(2, LIMITS)
    with pytest.raises(EvidenceRefused):
        rules.check_count(3, LIMITS)


@pytest.mark.parametrize(
    "subject",
    [
        Subject("household", "17", "990101101201"),
        Subject("registry.household", "", "990101101201"),
        Subject("registry.household", "17", ""),
    ],
)
def test_subjects_are_named_in_full(subject):
    with pytest.raises(rules.SubjectUnfit):
        rules.check_subject(subject)


@pytest.mark.parametrize("key", ["", "short", "../../../../etc/passwd", "x" * 65])
def test_keys_are_keys(key):
    good = sent(PDF)
    rules.check_sent(good)
    with pytest.raises(EvidenceRefused):
        rules.check_sent(rules.Sent(key, good.name, good.digest, good.size))
    with pytest.raises(EvidenceRefused):
        rules.check_sent(rules.Sent(good.key, good.name, "0" * 63, good.size))


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("照片.jpeg", "照片.jpg"),
        ("/etc/passwd", "passwd.jpg"),
        ("C:\\我的\\灶台.png", "灶台.jpg"),
        ("a\r\nSet-Cookie: x=1.jpg", "aSet-Cookie x=1.jpg"),
        ('a"b;c.jpg', "abc.jpg"),
        ("\u202egpj.exe", "gpj.jpg"),
        ("", "file.jpg"),
        ("...", "file.jpg"),
        ("长" * 300 + ".jpg", "长" * 100 + ".jpg"),
    ],
)
def test_names_are_fit_for_a_header(name, shown):
    assert rules.shown_name(name, rules.JPEG) == shown


def test_reasons_say_something():
    assert rules.check_reason(" 入户核对 ") == "入户核对"
    with pytest.raises(rules.ReasonMissing):
        rules.check_reason(" \n")
