"""Open an engine by name; an engine is imported only when somebody asks for it."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any, Final, cast

from xiuhua.core.engines.base import Engine
from xiuhua.core.errors import XiuhuaError
from xiuhua.core.standards.binder import suggestion


DEFAULT: Final = "duckdb"
_ENGINES: Final = {
    "duckdb": ("duckdb", "DuckDBEngine"),
    "memory": ("memory_run", "MemoryEngine"),
    "spark": ("spark", "SparkEngine"),
}
ENGINE_NAMES: Final = tuple(_ENGINES)


class EngineUnknown(XiuhuaError):
    """There is no engine of that name."""

    code = "engine.unknown"


class EngineMissing(XiuhuaError):
    """What an engine needs is not installed."""

    code = "engine.missing"


def open_engine(name: str = DEFAULT, **settings: Any) -> Engine:
    """Return an engine by name; `settings` are those of its class.

    Raises:
        EngineUnknown: naming the nearest engine.
        EngineMissing: saying what to install.

    >>> open_engine("memory").name
    'memory'
    """
    if name not in _ENGINES:
        known = ", ".join(ENGINE_NAMES)
        raise EngineUnknown(
            "there is no engine `{name}`; there are {known}",
            name=name,
            known=known,
            **suggestion(name, ENGINE_NAMES),
        )
    module, class_name = _ENGINES[name]
    try:
        # Deferred: DuckDB takes tenths of a second to import, Spark needs an extra.
        found = import_module(f"xiuhua.core.engines.{module}")
        return cast(Callable[..., Engine], getattr(found, class_name))(**settings)
    except ModuleNotFoundError as error:
        raise EngineMissing(
            "engine `{name}` needs the package {package}",
            hint='install it with: pip install "xiuhua[{name}]"',
            name=name,
            package=error.name,
        ) from error
