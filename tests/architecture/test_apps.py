"""The shape of the apps: what import contracts cannot see."""

from __future__ import annotations

import ast
import inspect
import pkgutil
import re
import tomllib
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest
from django.apps import apps
from django.db import models
from tests.architecture.tree import ROOT, SOURCE, module_of, python_files, shown


APPS = SOURCE / "apps"
STANDARD = {
    "__init__",
    "apps",
    "models",
    "rules",
    "services",
    "selectors",
    "migrations",
}


def _contract(contract: str) -> dict:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    contracts = tomllib.loads(text)["tool"]["importlinter"]["contracts"]
    return next(c for c in contracts if c["id"] == contract)


def _order() -> list[str]:
    """Return the apps, highest first, as the import contract has them."""
    return [
        name.strip()
        for layer in _contract("apps")["layers"]
        for name in layer.split("|")
    ]


def _models() -> list[type[models.Model]]:
    return [
        model for name in _order() for model in apps.get_app_config(name).get_models()
    ]


def _service_modules(app: str) -> Iterator[ModuleType]:
    """Yield the module of an app's services, or the modules of that package."""
    services = import_module(f"xiuhua.apps.{app}.services")
    yield services
    for found in pkgutil.iter_modules(getattr(services, "__path__", [])):
        if not found.name.startswith("_"):
            yield import_module(f"{services.__name__}.{found.name}")


def _services() -> Iterator[tuple[str, object]]:
    for name in _order():
        for module in _service_modules(name):
            for member, function in inspect.getmembers(module, inspect.isfunction):
                original = inspect.unwrap(function)
                own = original.__module__ == module.__name__
                if own and not member.startswith("_"):
                    yield f"{name}.{member}", original


SERVICES = dict(_services())


def _words(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def test_every_app_is_placed_and_has_the_same_files():
    folders = {p.name for p in APPS.iterdir() if p.is_dir() and p.name[0] not in "_."}

    assert folders == set(_order())
    for name in folders:
        # A module that has outgrown a file is a package of the same name.
        assert {p.stem for p in (APPS / name).iterdir()} >= STANDARD, name
    inside = {c.rsplit(".", 1)[-1] for c in _contract("inside-app")["containers"]}
    assert inside == folders


def test_foreign_keys_lead_downward():
    order = _order()
    upward = [
        f"{model._meta.label}.{field.name} → {field.related_model._meta.label}"
        for model in _models()
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey | models.ManyToManyField)
        and (target := field.related_model._meta.app_label) != model._meta.app_label
        and (
            target not in order
            or order.index(target) <= order.index(model._meta.app_label)
        )
    ]

    assert upward == []


def test_the_audit_has_no_relation_at_all():
    for model in apps.get_app_config("audit").get_models():
        assert [f.name for f in model._meta.get_fields() if f.is_relation] == []


@pytest.mark.parametrize("name", SERVICES)
def test_services_take_keywords_and_say_who_and_when(name):
    parameters = inspect.signature(SERVICES[name]).parameters

    kinds = {p.kind for p in parameters.values()}
    assert kinds == {inspect.Parameter.KEYWORD_ONLY}
    for word in ("by", "at"):
        assert parameters[word].default is inspect.Parameter.empty


@pytest.mark.parametrize("name", SERVICES)
def test_services_are_one_transaction_with_a_record(name):
    if name == "audit.entry_append":
        # The record itself: it demands the transaction of the act (see its test).
        return
    app, function = name.split(".")
    source = Path(inspect.getsourcefile(SERVICES[name]) or "")
    # What acts of an app are made of may stand in its package `acts`.
    found = {
        n.name: n
        for path in (*python_files(APPS / app / "acts"), source)
        for n in ast.walk(module_of(path))
        if isinstance(n, ast.FunctionDef)
    }
    decorators = [ast.unparse(d) for d in found[function].decorator_list]

    assert decorators == ["transaction.atomic"]
    assert "audit.entry_append" in _reached(function, found)


def _reached(function: str, found: dict[str, ast.FunctionDef]) -> set[str]:
    """Return what a function calls, through the functions that were found."""
    calls: set[str] = set()
    ahead = [function]
    while ahead:
        node = found[ahead.pop()]
        for call in ast.walk(node):
            if isinstance(call, ast.Call):
                name = ast.unparse(call.func)
                if name in found and name not in calls:
                    ahead.append(name)
                calls.add(name)
    return calls


def test_every_model_has_a_factory():
    missing = []
    for model in _models():
        app = model._meta.app_label
        factories = import_module(f"tests.factories.{app}")
        if not hasattr(factories, f"make_{_words(model.__name__)}"):
            missing.append(model._meta.label)

    assert len(_models()) > 8
    assert missing == []


def test_every_constraint_has_a_test_that_breaks_it():
    tests = {
        node.name
        for path in python_files(ROOT / "tests" / "apps")
        for node in ast.walk(module_of(path))
        if isinstance(node, ast.FunctionDef)
    }
    names = {c.name for model in _models() for c in model._meta.constraints}

    assert len(names) > 15
    assert {n for n in names if f"test_constraint_{n}" not in tests} == set()


def test_every_model_is_in_the_glossary():
    text = (ROOT / "GLOSSARY.md").read_text(encoding="utf-8")
    words = set(re.findall(r"`([^`]+)`", text))

    assert {m.__name__ for m in _models() if m.__name__ not in words} == set()


def test_every_room_is_in_the_architecture():
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")

    for name in (*_order(), "config", "web", "sealing"):
        assert re.search(rf"\b{name}\b", text), name


def test_every_signature_is_annotated():
    rooms = [SOURCE / name for name in ("apps", "web", "config", "sealing")]
    bare = [
        f"{shown(path)}:{node.name}"
        for path in python_files(*rooms)
        if "migrations" not in path.parts
        for node in ast.walk(module_of(path))
        if isinstance(node, ast.FunctionDef)
        and not (_is_annotated(node) and (node.returns or node.name == "__init__"))
    ]

    assert bare == []


def _is_annotated(node: ast.FunctionDef) -> bool:
    every = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    every += [a for a in (node.args.vararg, node.args.kwarg) if a]
    return all(a.annotation or a.arg in ("self", "cls") for a in every)


def test_signals_are_received_in_one_place():
    places = {
        shown(path)
        for path in python_files(SOURCE)
        if re.search(r"@receiver|\.connect\(\s*_", path.read_text(encoding="utf-8"))
    }

    assert places == {"src/xiuhua/apps/accounts/sign_in.py"}


def test_region_bound_models_are_scoped():
    """A model that leads to a region and belongs to nobody's tree must be scoped."""
    open_to_all = {"audit", "regions"}
    loose = [
        model._meta.label
        for model in _models()
        if model._meta.app_label not in open_to_all
        and any("region" in f.name for f in model._meta.fields)
        and not type(model._default_manager).__mro__[1].__name__ == "ScopedManager"
    ]

    assert loose == []


def test_paths_of_the_test_settings_are_temporary(settings):
    folder = Path(settings.DATA_DIR)

    assert ROOT not in folder.parents
    assert folder.name.startswith("xiuhua-test-")
