"""The reference pages are current and leave nothing out."""

from __future__ import annotations

import re

import pytest
from docs.generate.command_page import command_helps
from docs.generate.pages import reference_pages
from docs.generate.program_pages import error_entries
from tests.architecture.tree import GENERATED

from xiuhua.core.dictionary.reader import load_dictionary
from xiuhua.core.errors import XiuhuaError
from xiuhua.core.intake.faults import FAULT_KINDS
from xiuhua.core.packs import load_pack, open_packs
from xiuhua.core.standards.functions import FUNCTIONS


PAGES = reference_pages()
PACKS = open_packs().names()


def _written(name: str) -> str:
    path = GENERATED / name
    return path.read_text(encoding="utf-8") if path.is_file() else ""


@pytest.mark.parametrize("name", sorted(PAGES))
def test_page_is_current(name):
    assert _written(name) == PAGES[name], "run `make docs` and commit what it writes"


def test_there_is_no_other_page():
    written = {p.relative_to(GENERATED).as_posix() for p in GENERATED.rglob("*.md")}

    assert written == set(PAGES)


def test_every_command_and_option_has_its_entry():
    text = _written("commands.md")
    helps = command_helps("en")

    assert len(helps) > 5
    for name, help_text in helps.items():
        assert f"## {name}\n" in text
        assert help_text in text
        assert name == "xiuhua" or "Options:" in help_text


def test_help_is_worded_in_both_languages():
    zh, en = command_helps("zh"), command_helps("en")

    assert zh.keys() == en.keys()
    assert {name for name in zh if zh[name] == en[name]} == set()


def test_every_error_has_its_entry_and_a_code():
    text = _written("errors.md")
    entries = error_entries()

    for error in entries:
        assert f"| `{error.code}` | `{error.name}` | {error.summary}" in text
        assert error.summary, error
        assert re.fullmatch(r"[a-z_]+\.[a-z_]+", error.code), error


def test_errors_of_the_running_program_are_all_there():
    named = {entry.name for entry in error_entries()}

    loaded = XiuhuaError.__subclasses__()
    own = {c.__name__ for c in loaded if c.__module__.startswith("xiuhua.")}

    assert own <= named
    assert len(named) == len(error_entries()) > 30


@pytest.mark.parametrize("pack_id", PACKS)
def test_every_pack_has_its_page(pack_id):
    pack, text = load_pack(pack_id), _written(f"packs/{pack_id}.md")
    own = [i for i in pack.indicators if i.where.file.startswith(f"{pack_id}/")]

    assert own
    for indicator in own:
        assert f"`{indicator.id}`，" in text
        for line in indicator.source_met.strip().splitlines():
            assert line in text
    for case in pack.cases:
        if case.where.file.startswith(f"{pack_id}/"):
            assert case.label.zh in text


@pytest.mark.parametrize("pack_id", PACKS)
def test_doubts_and_candidates_show(pack_id):
    pack, text = load_pack(pack_id), _written(f"packs/{pack_id}.md")
    params = [p for p in pack.params.values() if p.where.file.startswith(pack_id + "/")]
    doubtful = [v for p in params for v in p.values if v.status.value == "doubtful"]
    candidates = [v for p in params for v in p.candidates]

    assert text.count("⚠ 存疑 doubtful") >= len(doubtful)
    assert all(v.note in text for v in candidates)


def test_every_fault_kind_has_its_entry():
    text = _written("faults.md")

    assert all(f"| `{kind}` |" in text for kind in FAULT_KINDS)


def test_every_field_code_list_and_function_has_its_entry():
    dictionary, text = load_dictionary(), _written("dictionary.md")

    for level in dictionary.levels.values():
        assert all(f"| `{f.name}` | {f.label.zh}" in text for f in level.fields)
    for codes in dictionary.code_lists.values():
        assert f"`{codes.name}`\n" in text
        assert all(f"| `{c.code}` | {c.label.zh} |" in text for c in codes.codes)
    assert all(
        f"`{f.signature}`" in _written("language.md") for f in FUNCTIONS.values()
    )
