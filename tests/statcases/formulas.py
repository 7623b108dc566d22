"""R model formulas: `y ~ a + b:c + log(d) + factor(e) - 1`, treatment contrasts."""

from __future__ import annotations

import re
from itertools import product
from typing import Any

import numpy as np
from tests.statcases.answers import put
from tests.statcases.tables import CaseInvalid, Table

from xiuhua.core.survey.expressions import differentiate
from xiuhua.core.survey.figures import NoFigure, figure
from xiuhua.core.survey.regression import Family, Fit, fit
from xiuhua.core.survey.sampling_design import Design


Columns = list[tuple[str, np.ndarray]]


def fit_answer(
    estimand: dict[str, Any], spec: dict[str, Any], table: Table, design: Design
) -> dict[str, Any]:
    left, right = str(estimand["formula"]).split("~")
    domain = table.mask(estimand.get("domain"))
    factors = {str(f) for f in spec.get("factors") or []}
    columns = Terms(table, factors, domain).matrix(right)
    gaussian = estimand.get("family") == "gaussian"
    family = Family.GAUSSIAN if gaussian else Family.BINOMIAL
    outcome = _numeric(left.strip(), table)
    x = np.column_stack([c for _, c in columns])
    found = fit(design, x, outcome, family, domain=domain)
    names = [name for name, _ in columns]
    return _answer(names, found)


def _answer(names: list[str], found: Fit | NoFigure) -> dict[str, Any]:
    result: dict[str, Any] = {"coef": {}, "coef_se": {}}
    for i, name in enumerate(names):
        if isinstance(found, NoFigure):
            put(result["coef"], name, found)
            put(result["coef_se"], name, found)
        else:
            put(result["coef"], name, figure(found.coefficients[i]))
            put(result["coef_se"], name, figure(found.standard_errors[i]))
    if isinstance(found, NoFigure):
        put(result, "df_resid", found)
    else:
        result["df_resid"] = found.df_residual
    return result


class Terms:
    """The columns of a model matrix."""

    def __init__(self, table: Table, factors: set[str], domain: np.ndarray):
        self.table = table
        self.factors = factors
        self.domain = domain

    def matrix(self, text: str) -> Columns:
        intercept, terms = _expand(text)
        result: Columns = []
        spanned = {frozenset[str](): intercept}
        if intercept:
            result.append(("(Intercept)", np.ones(self.table.rows)))
        for term in sorted(terms, key=len):
            parts = []
            for name in term:
                # R: a factor loses its first level where the model holds the term
                # without it; the empty term is the intercept or a whole factor.
                rest = frozenset(term) - {name}
                known = spanned[rest] if not rest else rest in map(frozenset, terms)
                parts.append(self._variable(name, whole=not known))
            if len(term) == 1 and self._is_factor(term[0]):
                spanned[frozenset()] = True
            result += [_crossed(combination) for combination in product(*parts)]
        return result

    def _is_factor(self, name: str) -> bool:
        bare = _factor_name(name)
        if bare is not None:
            return True
        known = name in self.table.columns
        return known and (name in self.factors or self.table.is_text(name))

    def _variable(self, name: str, *, whole: bool) -> Columns:
        """One variable's columns; a factor has the levels the domain shows."""
        if not self._is_factor(name):
            return [(name, _numeric(name, self.table))]
        bare = _factor_name(name) or name
        texts = self.table.text(bare)
        numeric = not self.table.is_text(bare)
        used = (t for t, inside in zip(texts, self.domain, strict=True) if inside)
        levels = sorted({t for t in used if t is not None})
        if numeric:
            levels.sort(key=float)
        missing = np.array([t is None for t in texts])
        columns = []
        for level in levels if whole else levels[1:]:
            dummy = np.array([float(t == level) for t in texts])
            columns.append((f"{name}{level}", np.where(missing, np.nan, dummy)))
        return columns


def _crossed(parts: tuple[tuple[str, np.ndarray], ...]) -> tuple[str, np.ndarray]:
    names = ":".join(name for name, _ in parts)
    return names, np.prod([values for _, values in parts], axis=0)


def _factor_name(name: str) -> str | None:
    found = re.fullmatch(r"(?:as\.)?factor\(\s*([\w.]+)\s*\)", name)
    return found.group(1) if found else None


def _expand(text: str) -> tuple[bool, list[tuple[str, ...]]]:
    """Return whether there is an intercept, and the terms; a*b is a + b + a:b.

    The variables of a term stand in the order in which the formula first has them.
    """
    intercept, terms = True, list[tuple[str, ...]]()
    order: dict[str, int] = {}
    for sign, piece in _pieces(text):
        if piece in ("0", "1"):
            intercept = (piece == "1") == (sign == "+")
            continue
        crossed = [_split(part, ":") for part in _split(piece, "*")]
        for name in (v for part in crossed for v in part):
            order.setdefault(name, len(order))
        for size in range(1, 2 ** len(crossed)):
            chosen = {
                v for i, part in enumerate(crossed) if size >> i & 1 for v in part
            }
            term = tuple(sorted(chosen, key=order.__getitem__))
            if sign == "-":
                terms = [t for t in terms if t != term]
            elif term not in terms:
                terms.append(term)
    return intercept, terms


def _pieces(text: str) -> list[tuple[str, str]]:
    pieces, depth, sign, current = list[tuple[str, str]](), 0, "+", ""
    for char in text:
        depth += (char == "(") - (char == ")")
        if char in "+-" and depth == 0:
            if current.strip():
                pieces.append((sign, _tight(current)))
            sign, current = char, ""
        else:
            current += char
    if current.strip():
        pieces.append((sign, _tight(current)))
    return pieces


def _split(text: str, separator: str) -> list[str]:
    parts, depth, current = list[str](), 0, ""
    for char in text:
        depth += (char == "(") - (char == ")")
        if char == separator and depth == 0:
            parts.append(current)
            current = ""
        else:
            current += char
    return [*parts, current]


def _tight(text: str) -> str:
    return text.replace(" ", "")


def _numeric(name: str, table: Table) -> np.ndarray:
    if name in table.columns:
        return table.numbers(name)
    inner = re.fullmatch(r"I\((.*)\)", name)
    text = inner.group(1) if inner else name
    used = {v for v in re.findall(r"[A-Za-z.][\w.]*", text) if v in table.columns}
    if not used:
        raise CaseInvalid(f"the formula names no column in {name!r}")
    columns = {v: table.numbers(v) for v in used}
    values = [
        differentiate(text, {v: float(c[i]) for v, c in columns.items()}).value
        for i in range(table.rows)
    ]
    return np.array(values)
