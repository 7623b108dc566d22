"""The region scope every query of region-bound rows runs in. It fails closed.

    with region_scope(["239906"]):
        Post.objects.all()      # rows of 239906 and its parts

Outside a scope a region-bound manager raises; inside a scope a narrower one can be
opened, never a wider one. Selectors still filter: the manager is the net below them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, ClassVar, Final, TypeVar

from django.db import models
from django.db.models import Q

from xiuhua.apps.regions.selectors import within
from xiuhua.core.errors import XiuhuaError
from xiuhua.core.region_codes import contains, level_of


Codes = frozenset[str]
_Model = TypeVar("_Model", bound=models.Model)

# The whole country: for commands on the server, never for a post.
EVERYWHERE: Final = frozenset({""})
_scope: ContextVar[Codes | None] = ContextVar("region_scope", default=None)


class ScopeMissing(XiuhuaError):
    """Region-bound rows were asked for without saying of which region."""

    code = "accounts.scope_missing"


class ScopeWrong(XiuhuaError):
    """A scope was to be opened on something that is no region."""

    code = "accounts.scope_wrong"


@contextmanager
def region_scope(codes: Iterable[str]) -> Iterator[Codes]:
    """Let region-bound queries see the rows of these regions, and no others.

    Within another scope only what lies in both is seen. No region at all means no row.

    Raises:
        ScopeWrong: when one of the codes is no region; EVERYWHERE must be named.
    """
    wanted = EVERYWHERE if codes is EVERYWHERE else frozenset(codes)
    if isinstance(codes, str) or (wanted is not EVERYWHERE and not all(wanted)):
        raise ScopeWrong("a scope is a list of division codes")
    if any(level_of(code) is None for code in wanted):
        raise ScopeWrong("a scope is a list of division codes")
    outer = _scope.get()
    token = _scope.set(wanted if outer is None else common(outer, wanted))
    try:
        yield current_scope()
    finally:
        _scope.reset(token)


def current_scope() -> Codes:
    """Return the codes of the scope.

    Raises:
        ScopeMissing: outside any scope.
    """
    codes = _scope.get()
    if codes is None:
        raise ScopeMissing("no region scope is open")
    return codes


def common(outer: Codes, inner: Codes) -> Codes:
    """Return the regions that lie in both scopes.

    >>> sorted(common(frozenset({"23", "5226"}), frozenset({"239906", "52", "11"})))
    ['239906', '5226']
    """
    return frozenset(
        max(a, b, key=len)
        for a in outer
        for b in inner
        if contains(a, b) or contains(b, a)
    )


def in_scope(field: str) -> Q:
    """Return the condition that a row's region lies in the scope.

    Raises:
        ScopeMissing: outside any scope.
    """
    codes = current_scope()
    if "" in codes:
        return Q()
    condition = Q(pk__in=[])
    for code in sorted(codes):
        condition |= within(code, field)
    return condition


class ScopedManager(models.Manager[_Model]):
    """A manager whose every query lies in the scope.

    A subclass says by `scope_field` what leads from its model to the code of the
    region. It is a class attribute because Django makes related managers without
    arguments, and not called `field` because they keep their foreign key under it.
    """

    scope_field: ClassVar[str]

    def get_queryset(self) -> Any:
        """Return the rows in the scope.

        Raises:
            ScopeMissing: outside any scope.
        """
        return super().get_queryset().filter(in_scope(self.scope_field))
