"""The app's configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PlansConfig(AppConfig):
    """Plans and measures."""

    name = "xiuhua.apps.plans"
    label = "plans"
    verbose_name = _("Plans")
