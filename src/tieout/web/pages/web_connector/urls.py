"""Below /c/<company_id>/settings/integrations/quickbooks-web-connector/."""

from __future__ import annotations

from django.urls import path

from tieout.web.pages.web_connector import views

urlpatterns = [
    path("", views.page, name="web_connector"),
    path("save/", views.save, name="web_connector_save"),
    path("road/", views.road, name="web_connector_road"),
    path("password/", views.password, name="web_connector_password"),
    path("verify/", views.verify, name="web_connector_verify"),
    path("confirm-file/", views.confirm_file, name="web_connector_confirm_file"),
    path("new-ids/", views.new_ids, name="web_connector_new_ids"),
    path("tieout.qwc", views.qwc, name="web_connector_qwc"),
]
