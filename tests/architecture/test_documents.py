"""Documents that are not generated: links resolve, words and commands are true."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path
from urllib.parse import unquote

import click
import pytest
from click.testing import CliRunner
from django.core.management import get_commands, load_command_class
from docs.generate.markdown import anchor
from tests.architecture.tree import ROOT, SOURCE, documents, shown

from xiuhua.config.commands import group
from xiuhua.core.dictionary.reader import load_dictionary
from xiuhua.core.intake.faults import FAULT_KINDS
from xiuhua.core.packs import load_pack, open_packs, run_cases
from xiuhua.core.truth import Verdict


LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
NAMED_FILE = re.compile(r"^```toml file=(\S+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"^\s*(?:\.venv/bin/)?xiuhua ((?:[^\n\\]|\\\n)+)", re.MULTILINE)
HOUSE = [
    "README.md", "README.zh.md", "GLOSSARY.md", "ARCHITECTURE.md", "CONTRIBUTING.md",
    "CHANGELOG.md", "SECURITY.md", "LICENSE",
]  # fmt: skip
HOW_TO = ROOT / "docs" / "howto" / "write-a-pack.md"
TUTORIAL = ROOT / "docs" / "tutorial" / "first-county.md"


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def _anchors(path: Path) -> set[str]:
    lines = FENCED.sub("", _text(path)).splitlines()
    return {anchor(line.lstrip("#").strip()) for line in lines if line.startswith("#")}


@pytest.mark.parametrize("name", HOUSE)
def test_house_has_its_documents(name):
    assert (ROOT / name).stat().st_size > 200


@pytest.mark.parametrize("path", documents(), ids=shown)
def test_links_resolve(path):
    broken = []
    for link in LINK.findall(FENCED.sub("", _text(path))):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, place = unquote(link).partition("#")
        target = (path.parent / name).resolve() if name else path
        found = target.exists() and (not place or place in _anchors(target))
        if not found:
            broken.append(link)

    assert broken == []


def test_decisions_are_numbered_in_order_and_listed():
    folder = ROOT / "docs" / "adr"
    records = sorted(folder.glob("[0-9]*.md"))
    index = _text(folder / "README.md")

    assert [int(p.name[:4]) for p in records] == list(range(1, len(records) + 1))
    for path in records:
        text = _text(path)
        assert text.startswith(f"# {path.name[:4]} ")
        assert f"({path.name})" in index
        for heading in ("## Context", "## Decision", "## Consequences"):
            assert heading in text, path.name


def _glossary_words() -> set[str]:
    rows = [x for x in _text(ROOT / "GLOSSARY.md").splitlines() if x.startswith("| ")]
    return {word for row in rows for word in re.findall(r"`([^`]+)`", row)}


def test_glossary_has_every_word():
    packs = [load_pack(name) for name in open_packs().names()]
    wanted = {i.id for pack in packs for i in pack.indicators}
    wanted |= set(load_dictionary().levels) | {v.word for v in Verdict}
    wanted |= set(FAULT_KINDS)

    assert wanted - _glossary_words() == set()


def test_glossary_coins_each_term_once():
    rows = [x for x in _text(ROOT / "GLOSSARY.md").splitlines() if x.startswith("| ")]
    terms = [row.split("|")[1].strip() for row in rows]
    named = [term for term in terms if term != "中文"]

    assert len(named) == len(set(named))
    assert all(len(row.split("|")) == 6 for row in rows)


def test_architecture_names_every_part_of_the_core():
    text = _text(ROOT / "ARCHITECTURE.md")
    parts = {
        p.stem for p in (SOURCE / "core").iterdir() if not p.name.startswith(("_", "."))
    }

    assert {part for part in parts if part not in text} == set()


def test_paths_named_in_the_architecture_exist():
    text = _text(ROOT / "ARCHITECTURE.md")
    named = re.findall(r"`((?:core|cli|src|tests|docs)/[\w/.-]+)`", text)
    missing = [
        name
        for name in named
        if not any((base / name.rstrip("/")).exists() for base in (ROOT, SOURCE))
    ]

    assert len(named) > 15
    assert missing == []


def _commands() -> list[tuple[str, str]]:
    return [
        (shown(path), command.replace("\\\n", " "))
        for path in documents()
        if not path.is_relative_to(ROOT / "docs" / "reference")
        for block in re.findall(r"^ *```(?:sh|)\n(.*?)^ *```", _text(path), re.M | re.S)
        for command in COMMAND.findall(block)
    ]


def _options_of_the_server(command: str) -> set[str]:
    """The options of a command of `xiuhua manage`; none where there is no such."""
    app = get_commands().get(command)
    if app is None:
        return set()
    parser = load_command_class(str(app), command).create_parser("xiuhua", command)
    return {o for action in parser._actions for o in action.option_strings}


def test_commands_and_options_in_documents_exist():
    wrong = []
    for place, line in _commands():
        words = shlex.split(line.split("#")[0])
        command, context = (
            group,
            group.make_context("xiuhua", [], resilient_parsing=True),
        )
        while isinstance(command, click.Group) and words:
            found = command.get_command(context, words[0])
            if found is None:
                break
            command, words = found, words[1:]
        known = {o for p in command.params for o in (*p.opts, *p.secondary_opts)}
        if command.name == "manage" and words:
            known |= _options_of_the_server(words[0])
        known |= {"--help", "--version", "--lang"}
        options = {w.split("=")[0] for w in words if w.startswith("--")}
        if command is group or options - known:
            wrong.append((place, line, sorted(options - known)))

    assert len(_commands()) > 10
    assert wrong == []


def test_the_pack_of_the_how_to_is_sound(tmp_path):
    files = NAMED_FILE.findall(_text(HOW_TO))
    for name, content in files:
        tomllib.loads(content)
        target = tmp_path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content, encoding="utf-8")

    pack = load_pack("reliable_water", open_packs(tmp_path))

    assert len(files) == 4
    assert run_cases(pack) == []
    assert {case.expect for case in pack.cases} == {"met", "unmet", "unknown"}


def test_the_tutorial_runs_as_written(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"^```sh\n(.*?)^```", _text(TUTORIAL), re.M | re.S)
    lines = [
        x for block in blocks for x in block.splitlines() if x.startswith("xiuhua")
    ]

    for line in lines:
        words = shlex.split(line)[1:]
        if "HOUSEHOLD" in words:
            reasons = (tmp_path / "judged" / "why.csv").read_text(encoding="utf-8-sig")
            household = reasons.splitlines()[1].split(",")[0]
            words[words.index("HOUSEHOLD")] = household
        result = CliRunner().invoke(group, words)
        assert result.exit_code == 0, (line, result.output, result.exception)

    named = set(re.findall(r"^\| `([\w.-]+)` \|", _text(TUTORIAL), re.M))
    written = {p.name for p in (tmp_path / "judged").iterdir()}
    assert len(lines) == 6
    assert named == written
