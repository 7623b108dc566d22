"""The app's configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OperationsConfig(AppConfig):
    """Operations."""

    name = "xiuhua.apps.operations"
    label = "operations"
    verbose_name = _("Operations")
