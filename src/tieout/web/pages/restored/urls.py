"""Below /c/<company_id>/settings/integrations/restored-backup/."""

from __future__ import annotations

from django.urls import path

from tieout.web.pages.restored import views

urlpatterns = [
    path("", views.restored, name="restored"),
    path("look/", views.look, name="restored_look"),
    path("gone.csv", views.as_csv, name="restored_csv"),
    path("put-back/", views.put_back, name="restored_put_back"),
]
