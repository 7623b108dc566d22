"""All addresses of the site, and the pages of what fails."""

from django.urls import include, path


urlpatterns = [path("", include("xiuhua.web.urls"))]
handler400 = "xiuhua.web.failures.bad_request"
handler403 = "xiuhua.web.failures.forbidden"
handler404 = "xiuhua.web.failures.not_found"
handler500 = "xiuhua.web.failures.server_failed"
