"""The catalogs Django reads word every message of apps and pages, and no other."""

from __future__ import annotations

import ast
import re

from django.utils import translation
from tests.architecture.catalogs import django_files, messages
from tests.architecture.tree import SOURCE, module_of, python_files, repository_files


ROOMS = [SOURCE / name for name in ("apps", "web", "config", "sealing")]
TAG = re.compile(r'{%\s*translate\s+"([^"]+)"|{%\s*blocktranslate[^%]*%}(.*?){%', re.S)
VARIABLE = re.compile(r"{{\s*(\w+)\s*}}")


def _said() -> set[str]:
    said = {
        node.args[0].value
        for path in python_files(*ROOMS)
        for node in ast.walk(module_of(path))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "_"
        and isinstance(node.args[0], ast.Constant)
    }
    for path in repository_files():
        if path.suffix == ".html" and path.is_relative_to(SOURCE):
            for plain, block in TAG.findall(path.read_text(encoding="utf-8")):
                said.add(plain or VARIABLE.sub(r"%(\1)s", block))
    return said


def _catalog() -> dict[str, str]:
    found = messages(django_files())
    return {str(m.id): str(m.string) for m in found if not m.fuzzy}


def test_a_message_in_two_catalogs_is_worded_alike():
    wordings: dict[str, set[str]] = {}
    for message in messages(django_files()):
        wordings.setdefault(str(message.id), set()).add(str(message.string))

    assert {m: w for m, w in wordings.items() if len(w) > 1} == {}


def test_the_catalog_words_what_is_said_and_nothing_else():
    catalog = _catalog()

    assert len(_said()) > 50
    assert set(catalog) == _said()
    assert [m for m, wording in catalog.items() if not wording] == []


def test_wordings_fill_the_same_places():
    places = re.compile(r"%\(\w+\)s")

    for message, wording in _catalog().items():
        assert sorted(places.findall(message)) == sorted(places.findall(wording))


def test_django_finds_the_catalog():
    with translation.override("zh-hans"):
        assert translation.gettext("This user name is locked") == "该用户名已锁定"
    with translation.override("en"):
        assert translation.gettext("This user name is locked").startswith("This user")
