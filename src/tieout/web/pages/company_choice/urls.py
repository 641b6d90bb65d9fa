"""At the root: the front door and the choice of a company."""

from __future__ import annotations

from django.urls import path

from tieout.web.pages.company_choice import views

urlpatterns = [
    path("", views.home, name="home"),
    path("companies/", views.choose_company, name="choose_company"),
]
