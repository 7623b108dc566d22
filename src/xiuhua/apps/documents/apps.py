"""The app's configuration."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DocumentsConfig(AppConfig):
    """Documents."""

    name = "xiuhua.apps.documents"
    label = "documents"
    verbose_name = _("Documents")
