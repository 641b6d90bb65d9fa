"""Below /c/<company_id>/tasks/."""

from __future__ import annotations

from django.urls import path

from tieout.web.pages.task import views

urlpatterns = [path("<id:task_id>/", views.task, name="task")]
