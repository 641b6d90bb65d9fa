"""The guard of every page: signed in, member of the company, with the right the page needs."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Literal

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase

from tieout.service.access import Access, find_access
from tieout.store.queries.people import User

Right = Literal["read", "work", "approve", "configure"]
CompanyView = Callable[..., HttpResponseBase]


def company_page(right: Right = "read") -> Callable[[CompanyView], CompanyView]:
    """Wrap a view of `/c/<company_id>/…`; it is called with `(request, access, **rest)`.

    A stranger gets 404 (that the company exists is nobody's business), a member without the right
    gets 403, and somebody who is not signed in is sent to sign in first.
    """

    def wrap(view: CompanyView) -> CompanyView:
        @login_required
        @wraps(view)
        def guarded(request: HttpRequest, company_id: int, **rest: Any) -> HttpResponseBase:
            user = request.user
            access = (
                find_access(user=user, company_id=company_id) if isinstance(user, User) else None
            )
            if access is None:
                message = "There is no such company, or you do not belong to it."
                raise Http404(message)
            if not _allowed(access, right):
                message = f"Your role does not allow this. Ask a Super User of {access.company}."
                raise PermissionDenied(message)
            request.access = access  # type: ignore[attr-defined] # for templates
            return view(request, access, **rest)

        return guarded

    return wrap


def _allowed(access: Access, right: Right) -> bool:
    match right:
        case "read":
            return True
        case "work":
            return access.can_work
        case "approve":
            return access.can_approve
        case "configure":
            return access.can_configure
