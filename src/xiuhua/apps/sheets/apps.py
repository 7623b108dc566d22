"""The app's configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SheetsConfig(AppConfig):
    """Lists sent in as sheets, and what became of their rows."""

    name = "xiuhua.apps.sheets"
    label = "sheets"
    verbose_name = _("Sheets sent in")
