"""Below /c/<company_id>/settings/integrations/."""

from __future__ import annotations

from django.urls import path

from tieout.web.pages.connection import views

urlpatterns = [
    path("", views.integrations, name="integrations"),
]
