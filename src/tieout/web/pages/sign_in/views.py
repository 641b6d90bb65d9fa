"""Sign in, sign out, and one's own password."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from tieout.service import moments, people
from tieout.service import sign_in as sign_in_service
from tieout.store.queries.people import User
from tieout.web.addresses import address_of
from tieout.web.pages.sign_in.forms import PasswordForm, SignInForm

TOO_MANY = (
    "Too many tries. Wait {} seconds and try again; a Super User can give you a new password."
)
WRONG = "This username and password do not belong together. Check both, or ask a Super User."


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for name and password; on success go where the person wanted to go."""
    if request.user.is_authenticated:
        return redirect("home")
    form = SignInForm(request.POST or None)
    status = 422 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        try:
            if _signed_in(request, form):
                return redirect(_wanted(request))
            form.add_error(None, WRONG)
        except sign_in_service.TooManyTries as error:
            form.add_error(None, TOO_MANY.format(error.wait_s))
            status = 429
    return render(
        request, "sign_in/sign_in.html", {"form": form, "next": _wanted(request)}, status=status
    )


def _signed_in(request: HttpRequest, form: SignInForm) -> bool:
    """Look at the password, if it is not too soon. Raises TooManyTries."""
    username, password = form.cleaned_data["username"], form.cleaned_data["password"]
    attempt = sign_in_service.begin(
        username=username, address=address_of(request.META), now=moments.now()
    )
    user = authenticate(request, username=username, password=password)
    if user is None:
        return False
    sign_in_service.succeeded(attempt)
    login(request, user)
    return True


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    logout(request)
    return redirect("sign_in")


@sensitive_post_parameters("present", "new", "again")
@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """Change one's own password; other sessions end, this one goes on."""
    user = request.user
    assert isinstance(user, User)  # noqa: S101 # login_required and the user model
    form = PasswordForm(request.POST or None)
    status = 422 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        try:
            if _changed(request, user, form):
                messages.success(request, "Your password is changed. Other sessions have ended.")
                return redirect("home")
            form.add_error("present", "This is not your present password.")
        except sign_in_service.TooManyTries as error:
            form.add_error(None, f"Too many tries. Wait {error.wait_s} seconds and try again.")
            status = 429
    return render(request, "sign_in/password.html", {"form": form}, status=status)


def _changed(request: HttpRequest, user: User, form: PasswordForm) -> bool:
    """Look at the present password, as slowly as at a sign-in. Raises TooManyTries."""
    attempt = sign_in_service.begin(
        username=user.get_username(), address=address_of(request.META), now=moments.now()
    )
    if not user.check_password(form.cleaned_data["present"]):
        return False
    sign_in_service.succeeded(attempt)
    people.change_own_password(user=user, password=form.cleaned_data["new"])
    update_session_auth_hash(request, user)
    return True


def _wanted(request: HttpRequest) -> str:
    """The page that asked for the sign-in, if it is one of ours."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if ours else resolve_url("home")
