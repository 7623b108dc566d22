"""The Django app."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExchangeConfig(AppConfig):
    """Rows in and out."""

    name = "xiuhua.apps.exchange"
    verbose_name = _("exchange")
