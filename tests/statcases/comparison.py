"""Compare answers with expected ones under the tolerances of the cases' README."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


INFORMATION_ONLY = ("r_spline_lower", "r_spline_upper")
# Their standard errors hang on a kernel bandwidth.
KERNEL_TYPES = ("arpt", "arpr", "fgt_rel", "poormed", "rmpg", "qsr")
LAEKEN_TOLERANCE = 1e-9
KERNEL_SE_SHARE = 0.1


def differences(spec: dict[str, Any], expected: Any, actual: Any) -> list[str]:
    """One line per value that is missing or out of tolerance."""
    kernel = {
        e["id"]
        for e in spec.get("estimands", [])
        if spec.get("kind") == "inequality" and e.get("type") in KERNEL_TYPES
    }
    return list(_walk(expected, actual, (), kernel))


def count_values(expected: Any) -> int:
    if isinstance(expected, dict):
        return sum(count_values(v) for v in expected.values())
    if isinstance(expected, list):
        return sum(count_values(v) for v in expected)
    return 1


def _walk(
    expected: Any, actual: Any, path: tuple[str, ...], kernel: set[str]
) -> Iterator[str]:
    name = "/".join(path)
    if isinstance(expected, dict):
        if not isinstance(actual, dict):
            yield f"{name}: missing"
            return
        for key, value in expected.items():
            if key not in INFORMATION_ONLY:
                yield from _walk(value, actual.get(key, MISSING), (*path, key), kernel)
    elif isinstance(expected, list):
        if not isinstance(actual, list) or len(actual) != len(expected):
            yield f"{name}: a list of {len(expected)} was expected"
            return
        for i, value in enumerate(expected):
            yield from _walk(value, actual[i], (*path, str(i)), kernel)
    elif not _equal(expected, actual, path, kernel):
        yield f"{name}: expected {expected!r}, got {actual!r}"


def _equal(expected: Any, actual: Any, path: tuple[str, ...], kernel: set[str]) -> bool:
    numeric = isinstance(expected, int | float) and not isinstance(expected, bool)
    if not numeric:
        return bool(expected == actual)
    if not isinstance(actual, int | float) or isinstance(actual, bool):
        return False
    distance = abs(actual - expected)
    if path[-1] == "se" and path[0] in kernel:
        return distance <= KERNEL_SE_SHARE * abs(expected)
    if path[-1] == "laeken_point":
        return distance <= LAEKEN_TOLERANCE + LAEKEN_TOLERANCE * abs(expected)
    if isinstance(expected, int) and path[-1] in INTEGERS:
        return actual == expected
    return distance <= 1e-9 + 1e-6 * abs(expected)


INTEGERS = ("n", "df", "df_resid", "flagged", "tp", "n_complete", "n_certainty")
MISSING = object()
