"""The squares of the tile grid: hundreds on a page, so no template is run for each."""

from __future__ import annotations

from collections.abc import Iterable

from django import template
from django.utils.html import escape, format_html_join
from django.utils.safestring import SafeString

from xiuhua.web.pages.room.drawing import Place


register = template.Library()


@register.filter
def squares(places: Iterable[Place]) -> SafeString:
    """Return a link per place, its colour by the step, its words in the title."""
    return format_html_join(
        "",
        '<a class="tile s-{}" href="{}" title="{}" aria-label="{}">{}</a>',
        ((p.step, p.url, words := escape(p.title), words, p.text) for p in places),
    )
