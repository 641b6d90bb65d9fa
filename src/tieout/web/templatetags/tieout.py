"""Filters and tags of the screens; `components.md` shows each with its markup."""

from __future__ import annotations

import html
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django import template
from django.forms import BoundField
from django.template import Context
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from tieout.service import moments
from tieout.store.queries.home import TieOut
from tieout.store.queries.tasks import Task
from tieout.web.wording import MENU, OUTCOMES, ROADS, STATES

register = template.Library()
MINUTE_S, HOUR_S, DAY_S = 60, 3600, 86_400
STALE_S = DAY_S  # a list read longer ago than this is shown as stale


# ------------------------------------------------------------------ figures


@register.filter
def money(amount: Decimal | None) -> str:
    """1234.5 -> "1,234.50"; a minus sign, not a hyphen; None -> ""."""
    if amount is None:
        return ""
    text = f"{abs(amount):,.2f}"
    return f"−{text}" if amount < 0 else text


@register.filter
def dollars(amount: Decimal | None) -> str:
    """1234.5 -> "$1,234.50"."""
    if amount is None:
        return ""
    text = f"${abs(amount):,.2f}"
    return f"−{text}" if amount < 0 else text


@register.filter
def figure(number: Decimal | None) -> str:
    """A quantity without trailing zeros: 40.00000 -> "40"; None -> ""."""
    return "" if number is None else f"{number.normalize():,f}"


@register.filter
def rate(number: Decimal | None) -> str:
    """A rate with its cents, and with more places where it has them: 34.5 -> "34.50"."""
    if number is None:
        return ""
    return f"{number:,.2f}" if number == round(number, 2) else figure(number)


@register.filter
def grouped(number: int | None) -> str:
    """100000 -> "100,000"."""
    return "" if number is None else f"{number:,}"


@register.filter
def percent(task: Task) -> int | None:
    """How much of a task is done, 0 to 100, or None while its size is not known."""
    if not task.total:
        return None
    return min(100, task.done * 100 // task.total)


@register.filter
def difference(tie_out: TieOut) -> Decimal:
    """Our total minus QuickBooks' total."""
    return Decimal(tie_out.ours - tie_out.theirs)


# ------------------------------------------------------------------ days and moments


@register.filter
def day(value: date | None) -> str:
    """date(2026, 10, 4) -> "10/04/2026"."""
    return "" if value is None else value.strftime("%m/%d/%Y")


@register.filter
def moment(value: datetime | None) -> str:
    """The moment in the installation's time zone: "10/19/2026 10:00 AM"."""
    return "" if value is None else timezone.localtime(value).strftime("%m/%d/%Y %I:%M %p")


@register.filter
def found_as(found: dict[str, Any]) -> str:
    """What QuickBooks was found to hold, as it was kept: "#1042, Acme, 10/04/2026, $80.00"."""
    number, on, total = found.get("number"), found.get("txn_date"), found.get("total")
    parts = [
        f"#{number}" if number else "",
        found.get("customer") or "",
        day(date.fromisoformat(on)) if on else "",
        dollars(Decimal(total)) if total else "",
    ]
    return ", ".join(part for part in parts if part)


def age(*, at: datetime, now: datetime) -> str:
    """How long ago `at` was: "just now", "3 min ago", "2 h ago", "4 days ago"."""
    seconds = max(0, int((now - at).total_seconds()))
    if seconds < MINUTE_S:
        return "just now"
    if seconds < HOUR_S:
        return f"{seconds // MINUTE_S} min ago"
    if seconds < DAY_S:
        return f"{seconds // HOUR_S} h ago"
    days = seconds // DAY_S
    return "yesterday" if days == 1 else f"{days} days ago"


@register.simple_tag
def ago(at: datetime | None, never: str = "never") -> str | SafeString:
    """A <time> that says how long ago, with the full moment on hover."""
    if at is None:
        return never
    text = age(at=at, now=moments.now())
    return format_html(
        '<time datetime="{}" title="{}">{}</time>', at.isoformat(), moment(at), text
    )


@register.simple_tag
def list_age(at: datetime | None, *, bare: bool = False) -> SafeString:
    """The age of the QuickBooks list, beside Refresh; marked as stale after a day.

    `bare`: without the words "QuickBooks list", where they stand in front of it already.
    """
    what = "" if bare else "QuickBooks list "
    if at is None:
        return format_html('<span class="stale">{}never read</span>', what)
    stale = (moments.now() - at).total_seconds() > STALE_S
    return format_html(
        '<span class="{}">{}read {}</span>', "stale" if stale else "quiet", what, ago(at)
    )


@register.filter
def job_dates(job: Any) -> str:
    """The run of a contractor job: "01/05/2026 – 06/30/2026 (projected)"."""
    start = day(job.start_date) or "?"
    if job.end_date:
        return f"{start} – {day(job.end_date)}"
    if job.projected_end_date:
        return f"{start} – {day(job.projected_end_date)} (projected)"
    return f"since {start}" if job.start_date else ""


# ------------------------------------------------------------------ states, names, paths


@register.simple_tag
def badge(state: str, label: str = "") -> SafeString:
    """A state by word, shape and colour: `{% badge "ready" %}`, `{% badge "ready" "Ready (2)" %}`.

    A state that is not in `wording.STATES` is shown by its own name, without a colour.
    """
    return _badge(str(state), str(label))


@lru_cache(maxsize=500)
def _badge(state: str, label: str) -> SafeString:
    """The same few states stand in every row of every table."""
    slug = state.lower().replace(" ", "_").replace("-", "_")
    known, tone = STATES.get(slug, (state.replace("_", " ").capitalize(), "off"))
    return format_html('<span class="badge {}">{}</span>', tone, label or known)


@register.filter
def outcome(kept: str) -> str:
    """What came of a call to QuickBooks, in words: "response" -> "QuickBooks answered"."""
    return OUTCOMES[kept]


@register.simple_tag
def chip(text: str, tone: str = "") -> SafeString:
    """A small reason or tag; `tone` is "", "ok" or "warn"."""
    return format_html('<span class="chip {}">{}</span>', tone, text)


@register.filter
def qb_path(full_name: str) -> SafeString:
    """Customer:Job as QuickBooks writes it, the customer quieter than the job."""
    *above, name = html.escape(str(full_name)).split(":")
    lead = "".join(
        f'<span class="top-level">{level}</span><span class="sep">:</span><wbr>' for level in above
    )
    return mark_safe(f'<span class="path">{lead}<span>{name}</span></span>')  # noqa: S308 # escaped


@register.filter
def fingerprint(plain: str) -> str:
    """A certificate's fingerprint as the connector prints it: "AB:CD:…"."""
    digits = plain.replace(":", "").upper()
    return ":".join(digits[at : at + 2] for at in range(0, len(digits), 2))


# ------------------------------------------------------------------ the frame


def _address(name: str, company_id: int) -> str:
    """The address of a company's page."""
    return reverse(name, args=[company_id])


def _below(label: str, address: str) -> str:
    """Where the pages of a menu's entry begin: those of Settings beside the one it leads to."""
    return address.removesuffix("integrations/") if label == "Settings" else address


@register.simple_tag(takes_context=True)
def menu(context: Context) -> SafeString:
    """The company's menu; the page at hand is marked by its address."""
    company_id = context["access"].company.pk
    path = context["request"].path
    addresses = [(label, _address(name, company_id)) for label, name in MENU]
    inside = [address for label, address in addresses if path.startswith(_below(label, address))]
    current = max(inside, key=len, default="")
    waiting = context["access"].company.open_drifts
    drifts = format_html(
        ' <span id="drift-count" class="count"{}>{}</span>',
        SafeString("" if waiting else " hidden"),
        grouped(waiting),
    )
    inbox = _address("drift_inbox", company_id)
    items = format_html_join(
        "",
        '<li class="{}"><a href="{}"{}>{}{}</a></li>',
        (
            (
                "last" if label == "Settings" else "",
                address,
                SafeString(' aria-current="page"' if address == current else ""),
                label,
                drifts if address == inbox else "",
            )
            for label, address in addresses
        ),
    )
    return format_html('<nav class="menu" id="menu" aria-label="Menu"><ul>{}</ul></nav>', items)


@register.simple_tag(takes_context=True)
def crumbs(context: Context, *labels: str) -> SafeString:
    """The menu path that leads here; the last label is this page."""
    company_id = context["access"].company.pk
    *before, last = labels
    links = format_html_join("", "<li>{}</li>", ((_crumb(label, company_id),) for label in before))
    return format_html(
        '<nav class="crumbs" aria-label="Path"><ol>{}<li aria-current="page">{}</li></ol></nav>',
        links,
        last,
    )


def _crumb(label: str, company_id: int) -> SafeString:
    name, anchor = ROADS[label]
    return format_html('<a href="{}{}">{}</a>', _address(name, company_id), anchor, label)


@register.simple_tag(takes_context=True)
def page_link(context: Context, name: str) -> str:
    """The address of a page of the company at hand whose name is in a variable."""
    return _address(name, context["access"].company.pk)


@register.inclusion_tag("_field.html")
def field(bound: BoundField, **attributes: str) -> dict[str, Any]:
    """A form field with its label, hint and errors, tied together for screen readers."""
    said: dict[str, str | bool] = {
        name.replace("_", "-"): value for name, value in attributes.items()
    }
    described = []
    if bound.help_text:
        described.append(f"{bound.auto_id}_helptext")
    if bound.errors:
        described.append(f"{bound.auto_id}_error")
    if described:
        said["aria-describedby"] = " ".join(described)
    return {"field": bound, "widget": bound.as_widget(attrs=said)}
