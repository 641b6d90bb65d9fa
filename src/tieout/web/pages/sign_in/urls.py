"""At the root: sign in, sign out."""

from __future__ import annotations

from django.urls import path

from tieout.web.pages.sign_in import views

urlpatterns = [
    path("sign-in/", views.sign_in, name="sign_in"),
    path("sign-out/", views.sign_out, name="sign_out"),
    path("password/", views.password, name="password"),
]
