"""Below /c/<company_id>/."""

from __future__ import annotations

from django.urls import path

from tieout.web.pages.home import views

urlpatterns = [path("", views.home, name="company_home")]
