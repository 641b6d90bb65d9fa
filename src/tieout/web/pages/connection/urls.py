"""Below /c/<company_id>/settings/integrations/."""

from __future__ import annotations

from django.urls import path

from tieout.web.pages.connection import views

urlpatterns = [
    path("", views.integrations, name="integrations"),
    path("quickbooks-desktop/", views.connection, name="connection"),
    path("quickbooks-desktop/status/", views.status, name="connection_status"),
    path("quickbooks-desktop/save/", views.save, name="connection_save"),
    path("quickbooks-desktop/verify/", views.verify, name="connection_verify"),
    path(
        "quickbooks-desktop/confirm-certificate/",
        views.confirm_certificate,
        name="connection_confirm_certificate",
    ),
    path("quickbooks-desktop/confirm-file/", views.confirm_file, name="connection_confirm_file"),
    path("quickbooks-desktop/take-over/", views.take_over, name="connection_take_over"),
]
