"""Addresses of the exchange; files and uploads are named by keys that say nothing."""

from __future__ import annotations

from django.urls import path

from xiuhua.web.pages.exchange import handing_out, keying, mapping, views


app_name = "exchange"
urlpatterns = [
    path("exchange/", views.index, name="index"),
    path("exchange/send/", views.send, name="send"),
    path("exchange/<int:upload_id>/", views.upload, name="upload"),
    path("exchange/<int:upload_id>/rows/", views.rows, name="rows"),
    path("exchange/<int:upload_id>/missing/", views.missing, name="missing"),
    path("exchange/<int:upload_id>/decide/", views.decide, name="decide"),
    path("exchange/<int:upload_id>/promote/", views.promote, name="promote"),
    path("exchange/<int:upload_id>/undo/", views.undo, name="undo"),
    path("exchange/<int:upload_id>/discard/", views.discard, name="discard"),
    path("exchange/<int:upload_id>/again/", views.again, name="again"),
    path("exchange/<int:upload_id>/columns/", mapping.columns, name="columns"),
    path("exchange/<int:upload_id>/marked/", handing_out.marked, name="marked"),
    path("exchange/sheet/", handing_out.sheet, name="sheet"),
    path("exchange/export/", handing_out.export, name="export"),
    path("exchange/files/", handing_out.index, name="downloads"),
    path("exchange/files/<int:download_id>/", handing_out.download, name="download"),
    path("exchange/files/<int:download_id>/fetch/", handing_out.fetch, name="fetch"),
    path("exchange/keying/", keying.index, name="keying"),
    path("exchange/keying/done/", keying.done, name="keyed"),
]
