"""What must not stand in any file of the repository."""

from __future__ import annotations

import re

from tests.architecture.tree import ROOT, repository_files, shown


TEXT_SUFFIXES = {
    ".cfg", ".css", ".csv", ".html", ".in", ".js", ".json", ".md", ".po", ".py",
    ".sh", ".sql", ".svg", ".toml", ".txt", ".yaml", ".yml", "",
}  # fmt: skip
# Spelled in parts, so that this file does not hold what it looks for.
_UNDONE = "|".join(("TO" + "DO", "FIX" + "ME"))
_HOSTS = "|".join(("py" + "pi", "npm" + "js", "npm" + "mirror", "python" + "hosted"))
FORBIDDEN = {
    "left undone": re.compile(rf"\b(?:{_UNDONE})\b"),
    "a path of one machine": re.compile(r"(?<![\w.~$)}>-])/(?:work|root|home/\w+)/"),
    "a host of a package index": re.compile(rf"https?://[\w.-]*(?:{_HOSTS})[\w.-]*"),
    "an index address": re.compile(r"^--(?:extra-)?index-url", re.MULTILINE),
}


def test_no_forbidden_words():
    found = [
        f"{shown(path)}: {what}: {match.group()}"
        for path in repository_files()
        if path.suffix in TEXT_SUFFIXES
        for text in [path.read_text(encoding="utf-8", errors="replace")]
        for what, pattern in FORBIDDEN.items()
        for match in [pattern.search(text)]
        if match
    ]

    assert found == []


def test_every_pinned_package_has_hashes():
    for path in sorted((ROOT / "requirements").glob("*.txt")):
        text = path.read_text(encoding="utf-8")
        pins = re.findall(r"^[A-Za-z0-9._\[\]-]+==", text, re.MULTILINE)
        entries = re.split(r"\n(?=[A-Za-z])", text)
        hashed = [entry for entry in entries if "--hash=sha256:" in entry]

        assert len(pins) == len(hashed) > 0, path.name
