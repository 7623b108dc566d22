"""What the program needs may be used in closed and open programs alike."""

from __future__ import annotations

import re
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from tests.architecture.tree import ROOT


REFUSED = re.compile(r"\bA?GPL|Affero|(?<!Lesser )General Public", re.IGNORECASE)
ALLOWED_WORDS = re.compile(r"\bLGPL|Lesser General Public", re.IGNORECASE)


def _needed(name: str, found: dict[str, Distribution]) -> None:
    """Add a distribution and what it needs without extras to `found`."""
    try:
        dist = distribution(name)
    except PackageNotFoundError:
        return
    if name in found:
        return
    found[name] = dist
    for text in dist.requires or ():
        requirement = Requirement(text)
        marker = requirement.marker
        if marker is None or marker.evaluate({"extra": ""}):
            _needed(requirement.name.lower(), found)


def _licence(dist: Distribution) -> str:
    meta = dist.metadata
    classifiers = [
        line.rsplit("::", 1)[-1].strip()
        for line in meta.get_all("Classifier") or ()
        if line.startswith("License ::")
    ]
    stated = meta.get("License-Expression") or (meta.get("License") or "")[:80]
    if not stated and not classifiers:
        stated = _first_line_of_its_file(dist)
    return "; ".join(filter(None, [stated, *classifiers]))


def _first_line_of_its_file(dist: Distribution) -> str:
    """Return how a licence that is stated nowhere else begins."""
    for file in dist.files or ():
        if file.name.startswith("LICEN"):
            return str(file.read_text()).strip().splitlines()[0][:80]
    return ""


def _pinned() -> list[str]:
    pins = re.compile(r"^([A-Za-z0-9._-]+)==", re.MULTILINE)
    return sorted(
        {
            name.lower()
            for path in sorted((ROOT / "requirements").glob("*.txt"))
            for name in pins.findall(path.read_text(encoding="utf-8"))
        }
    )


def test_no_dependency_is_under_gpl_or_agpl():
    found: dict[str, Distribution] = {}
    _needed("xiuhua", found)
    for name in _pinned():
        _needed(name, found)

    licences = {name: _licence(dist) for name, dist in found.items()}

    assert len(licences) > 20
    assert {n: s for n, s in licences.items() if not s} == {}
    refused = {
        n: s for n, s in licences.items() if REFUSED.search(ALLOWED_WORDS.sub("", s))
    }
    assert refused == {}


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("GPL-3.0-or-later", True),
        ("GNU Affero General Public License v3", True),
        ("GNU General Public License v2 (GPLv2)", True),
        ("LGPL-2.1", False),
        ("GNU Lesser General Public License v3", False),
        ("Apache-2.0", False),
    ],
)
def test_licences_are_told_apart(text, refused):
    assert bool(REFUSED.search(ALLOWED_WORDS.sub("", text))) is refused


def test_licence_of_the_program_is_in_the_repository():
    text = Path(ROOT, "LICENSE").read_text(encoding="utf-8")

    assert "Apache License" in text
