"""Below /c/<company_id>/settings/people/."""

from __future__ import annotations

from django.urls import path

from tieout.web.pages.people import views

urlpatterns = [
    path("", views.people, name="people"),
    path("people.csv", views.as_csv, name="people_csv"),
    path("add/", views.add, name="person_add"),
    path("<id:user_id>/role/", views.role, name="person_role"),
    path("<id:user_id>/password/", views.new_password, name="person_password"),
]
