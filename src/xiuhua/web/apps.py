"""The configuration of the web interface: no models, its templates and middleware."""

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Web interface."""

    name = "xiuhua.web"
    label = "web"
