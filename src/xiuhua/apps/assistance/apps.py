"""The app's configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AssistanceConfig(AppConfig):
    """Units, helpers, teams, pairings, visits and rosters."""

    name = "xiuhua.apps.assistance"
    label = "assistance"
    verbose_name = _("Assistance")
