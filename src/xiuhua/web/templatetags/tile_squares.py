"""The squares of the tile grid: hundreds on a page, so no template is run for each."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from django import template
from django.utils.safestring import SafeString

from xiuhua.web.pages.room.drawing import Place


register = template.Library()


@register.filter
def squares(places: Iterable[Place]) -> SafeString:
    """Return a link per place, its colour by the step, its words in the title."""
    return SafeString("".join(map(_square, places)))


def _square(place: Place) -> str:
    words = escape(place.title)
    return (
        f'<a class="tile s-{place.step.value}" href="{escape(place.url)}"'
        f' title="{words}" aria-label="{words}">{escape(place.text)}</a>'
    )
