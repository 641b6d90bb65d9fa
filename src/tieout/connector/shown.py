"""What the connector tells a person at its own machine: as data, as a page, as JSON.

The page may be read by everybody who is logged in at this machine. So it shows no password, no
message body, nobody's name out of the books, and of a failure only its code with our own words:
QuickBooks' sentences quote names.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from html import escape
from typing import Any

from tieout.connector.journal import JournalFacts, Line
from tieout.connector.link import Stage
from tieout.quickbooks.qbxml import hresult

CALLS_SHOWN = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """The last failed call to QuickBooks: where, with which HRESULT, when."""

    stage: Stage
    code: int
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The connector at a moment. `serves` is the file it was set up for, `company_file` the one
    that is open; `quickbooks_up` is what the last contact showed, None before any."""

    version: str
    now: datetime
    started: datetime
    url: str
    fingerprint: str
    rehearsal: bool
    serves: str
    quickbooks_up: bool | None
    company_file: str
    session_id: str
    session_versions: tuple[str, ...]
    queue_length: int
    queue_max: int
    running: bool
    refused_logins: int
    failure: Failure | None
    journal_id: str
    journal: JournalFacts
    calls: tuple[Line, ...]


def plain(shown: Shown) -> dict[str, Any]:
    """The same as names and values for JSON; moments in ISO 8601."""
    found = asdict(shown)
    failure = shown.failure
    if failure is not None:
        rule = hresult.lookup(failure.code)
        found["failure"] = {
            "stage": failure.stage,
            "hresult": rule.hex,
            "meaning": rule.meaning,
            "remedy": rule.remedy,
            "at": failure.at,
        }
    found["calls"] = [{**asdict(line), "outcome": outcome_of(line)} for line in shown.calls]
    return {name: _iso(value) for name, value in found.items()}


def page(shown: Shown) -> str:
    """The page, whole, without any script."""
    body = "".join(_sections(shown))
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        "<title>Tieout connector</title>"
        '<link rel="stylesheet" href="/style.css"></head>\n'
        f"<body><main>{body}</main></body></html>\n"
    )


def outcome_of(line: Line) -> str:
    """What became of a call, in a few words."""
    words = {
        "response": "answered",
        "hresult": f"failed {line.detail}".strip(),
        "abandoned": "abandoned",
        "not-sent": f"not sent {line.detail}".strip(),
    }
    if line.outcome in words:
        return words[line.outcome]
    return {
        "received": "waiting",
        "handed over": "with QuickBooks, no result yet",
    }.get(line.state, "unknown")


def duration(span: timedelta) -> str:
    """Days and hours, or hours and minutes, or minutes; never more than two.

    >>> duration(timedelta(days=3, hours=4, minutes=5)), duration(timedelta(seconds=59))
    ('3 days 4 hours', '0 minutes')
    """
    minutes = max(int(span.total_seconds()), 0) // 60
    parts = [
        (minutes // 1440, "day"),
        (minutes // 60 % 24, "hour"),
        (minutes % 60, "minute"),
    ]
    while len(parts) > 1 and parts[0][0] == 0:
        del parts[0]
    return " ".join(f"{count} {name}{'' if count == 1 else 's'}" for count, name in parts[:2])


def _sections(shown: Shown) -> Iterator[str]:
    yield "<h1>Tieout connector</h1>"
    yield f'<p class="headline">{escape(_headline(shown))}</p>'
    yield f'<p><a href="/">Refresh</a> <span class="quiet">as of {_moment(shown.now)}</span></p>'
    if shown.failure is not None:
        yield from _failure(shown.failure)
    yield "<h2>QuickBooks</h2>"
    yield _pairs(
        [
            ("Answers", {True: "yes", False: "no", None: "not asked yet"}[shown.quickbooks_up]),
            ("Set up for", _serves(shown)),
            ("Open company file", shown.company_file or "none; no session is open"),
            ("Session", shown.session_id or "none"),
            ("qbXML", ", ".join(shown.session_versions) or "–"),
            ("With QuickBooks now", "one call" if shown.running else "nothing"),
            ("Waiting", f"{shown.queue_length} of at most {shown.queue_max}"),
        ]
    )
    yield "<h2>Last calls</h2>"
    yield _calls(shown.calls)
    yield "<h2>This program</h2>"
    since = f"{_plain_moment(shown.started)} ({duration(shown.now - shown.started)})"
    yield _pairs(
        [
            ("Version", shown.version),
            ("Runs since", since),
            ("Address for Tieout", shown.url),
            ("Certificate SHA-256", shown.fingerprint or "none: no TLS, this machine only"),
            ("Refused log-ins", str(shown.refused_logins)),
        ]
    )
    yield "<h2>Journal</h2>"
    yield _pairs(list(_journal(shown)))


def _headline(shown: Shown) -> str:
    if shown.quickbooks_up is None:
        return "Ready. QuickBooks has not been asked yet."
    if not shown.quickbooks_up:
        return "The last call to QuickBooks failed."
    return "QuickBooks answers." + (" A call is with it now." if shown.running else "")


def _serves(shown: Shown) -> str:
    kind = "rehearsal company" if shown.rehearsal else "QuickBooks"
    return f"{kind}, {shown.serves}" if shown.serves else f"{kind}, whichever file is open"


def _failure(failure: Failure) -> Iterator[str]:
    rule = hresult.lookup(failure.code)
    words = f"{rule.hex} at {failure.stage}: {rule.meaning}."
    yield '<section class="failure"><h2>Last failure</h2>'
    yield f"<p>{escape(words)} <span class='quiet'>{_moment(failure.at)}</span></p>"
    yield f"<p>{escape(rule.remedy)}</p></section>"


def _journal(shown: Shown) -> Iterator[tuple[str, str]]:
    facts = shown.journal
    age = duration(shown.now - facts.created_at)
    yield "Begun", f"{_plain_moment(facts.created_at)} ({age} ago)"
    yield "Name", shown.journal_id
    yield "Writes kept", str(facts.writes)
    yield "Without a known end", str(facts.open_ends)
    if facts.oldest_at is not None:
        yield "Oldest write", _plain_moment(facts.oldest_at)


def _pairs(rows: Sequence[tuple[str, str]]) -> str:
    cells = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in rows)
    return f"<dl>{cells}</dl>"


def _calls(lines: Sequence[Line]) -> str:
    if not lines:
        return "<p>None yet.</p>"
    rows = "".join(
        f"<tr><td>{_moment(line.at)}</td><td>{'write' if line.writes else 'read'}</td>"
        f"<td>{escape(outcome_of(line))}</td><td>{escape(line.user)}</td>"
        f"<td>{escape(line.call_id)}</td></tr>"
        for line in lines
    )
    heads = "".join(
        f'<th scope="col">{name}</th>' for name in ("When", "Kind", "Outcome", "User", "Call")
    )
    return (
        '<div class="wide" role="region" aria-label="Last calls" tabindex="0">'
        f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _moment(at: datetime) -> str:
    return f'<time datetime="{at.isoformat(timespec="seconds")}">{_plain_moment(at)}</time>'


def _plain_moment(at: datetime) -> str:
    return f"{at.astimezone():%Y-%m-%d %H:%M:%S}"


def _iso(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, dict):
        return {name: _iso(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_iso(each) for each in value]
    return value


STYLE = """:root {
  color-scheme: light dark; font: 15px/1.45 system-ui, sans-serif;
  --paper: #fff; --ink: #1b1d21; --quiet: #55595f; --line: #c9ccd1; --link: #0b57a4;
}
@media (prefers-color-scheme: dark) {
  :root { --paper: #17191d; --ink: #e9eaec; --quiet: #b3b7bd; --line: #454a52; --link: #8fbdf2; }
}
body { margin: 0; background: var(--paper); color: var(--ink); }
main { max-width: 60rem; margin: 0 auto; padding: 1rem 1.25rem 3rem; }
h1 { font-size: 1.4rem; margin: 0.5rem 0; }
h2 { font-size: 1.05rem; margin: 1.75rem 0 0.5rem; }
a { color: var(--link); }
.headline { font-size: 1.1rem; font-weight: 600; margin: 0; }
.quiet { color: var(--quiet); }
.failure { border-left: 4px solid; padding: 0.1rem 0 0.1rem 1rem; margin-top: 1.25rem; }
.failure h2 { margin-top: 0.25rem; }
dl {
  display: grid; grid-template-columns: minmax(9rem, max-content) 1fr; gap: 0.25rem 1.25rem;
  margin: 0;
}
dt { font-weight: 600; }
dd { margin: 0; overflow-wrap: anywhere; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td {
  text-align: left; padding: 0.25rem 1rem 0.25rem 0; border-bottom: 1px solid var(--line);
  white-space: nowrap;
}
@media (max-width: 34rem) { dl { grid-template-columns: 1fr; } dd { margin-bottom: 0.4rem; } }
"""
