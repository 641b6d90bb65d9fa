"""`tieout sandbox FILE COMMAND …`: play the bookkeeper in a rehearsal company file."""

from __future__ import annotations

import argparse
import json
import sqlite3
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from decimal import Decimal
from pathlib import Path
from typing import Any

from tieout.cli.sandbox_output import show
from tieout.sandbox import BookError, CompanyFile
from tieout.sandbox.desk import CUSTOMER_FIELDS
from tieout.sandbox.desk_lists import ITEM_KINDS
from tieout.sandbox.faults import KINDS

Options = argparse.Namespace
Action = Callable[[CompanyFile, Options], Any]
Parsers = Any  # argparse does not name the type of its subparsers

WORDS = {"items": "item", "classes": "class", "terms": "terms", "accounts": "account"}
INVOICE_FIELDS = (
    "number", "date", "due_date", "terms", "class_name", "memo", "other", "po_number", "guid",
)  # fmt: skip
LINE_FIELDS = (
    "item", "description", "quantity", "rate", "amount", "class_name", "service_date",
)  # fmt: skip


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The commands of `tieout sandbox FILE`."""
    parser.add_argument("file", type=Path, help="the rehearsal company file")
    parser.add_argument("--json", action="store_true", help="print JSON instead of tables")
    commands = parser.add_subparsers(dest="subject", metavar="COMMAND", required=True)
    create = _command(commands, "create", "make a new company file", _create)
    create.add_argument("--name", required=True, help="the company's name")
    create.add_argument("--from", dest="source", type=Path, help="fill it from a JSON description")
    load = _command(commands, "load", "fill the company from a JSON description", _load)
    load.add_argument("source", type=Path)
    _add_jobs(commands)
    for subject in WORDS:
        _add_list(commands, subject)
    _add_invoices(commands)
    payments = commands.add_parser("payments", help="receive payments")
    pay = _command(_verbs(payments), "add", "pay an invoice", _pay)
    pay.add_argument("invoice", help="number or TxnID")
    pay.add_argument("--amount", default="", help="dollars; all that is open when left out")
    pay.add_argument("--date", default="", help="YYYY-MM-DD; today when left out")
    pay.add_argument("--number", default="", help="check number")
    _add_company(commands)
    _add_faults(commands)
    _command(commands, "totals", "invoices less credits per job", _totals)


def run(options: Options) -> int:
    """Do one thing in the company file; 0 done, 1 refused by its rules, 2 could not be tried."""
    action: Action = options.action
    try:
        if options.subject == "create":
            result = _create_file(options)
        else:
            company = CompanyFile(options.file)
            try:
                result = action(company, options)
            finally:
                company.close()
    except BookError as error:
        print(f"tieout sandbox: {error}", file=sys.stderr)
        return 1 if error.code else 2
    except (OSError, sqlite3.Error, ValueError) as error:
        print(f"tieout sandbox: {options.file}: {error}.", file=sys.stderr)
        return 2
    show(result, as_json=options.json)
    return 0


def _verbs(parser: argparse.ArgumentParser) -> Parsers:
    return parser.add_subparsers(dest="verb", metavar="VERB", required=True)


def _command(parsers: Parsers, name: str, text: str, action: Action) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = parsers.add_parser(name, help=text, description=text)
    # SUPPRESS keeps a --json given before the command.
    parser.add_argument(
        "--json", action="store_true", default=argparse.SUPPRESS, help="print JSON"
    )
    parser.set_defaults(action=action)
    return parser


def _fields(parser: argparse.ArgumentParser, names: Sequence[str]) -> None:
    for name in names:
        parser.add_argument(f"--{name.replace('_', '-')}", dest=name)


def _given(options: Options, names: Sequence[str]) -> dict[str, Any]:
    found = {name: getattr(options, name, None) for name in names}
    return {name: value for name, value in found.items() if value is not None}


# ---------------------------------------------------------------- jobs
def _add_jobs(commands: Parsers) -> None:
    verbs = _verbs(commands.add_parser("jobs", help="customers and jobs"))
    listing = _command(verbs, "list", "list customers and jobs", _jobs_list)
    listing.add_argument("--below", default="", help="only what is below this customer")
    state = listing.add_mutually_exclusive_group()
    state.add_argument("--active", dest="active", action="store_const", const=True, default=None)
    state.add_argument("--inactive", dest="active", action="store_const", const=False)
    add = _command(verbs, "add", "add a customer, or a job as Customer:Job", _jobs_add)
    edit = _command(verbs, "edit", "change fields of a customer or job", _jobs_edit)
    for parser in (add, edit):
        parser.add_argument("name", help="full name, levels separated by colons")
        _fields(parser, tuple(CUSTOMER_FIELDS))
    rename = _command(
        verbs, "rename", "give another name", lambda c, o: c.rename_customer(o.name, o.to)
    )
    move = _command(
        verbs, "move", "put below another customer", lambda c, o: c.move_customer(o.name, o.to)
    )
    merge = _command(
        verbs, "merge", "merge into another one", lambda c, o: c.merge_customers(o.name, o.to)
    )
    for parser, text in (
        (rename, "the new name without its parents"),
        (move, "full name of the new parent; '' for the top"),
        (merge, "full name of the one that stays"),
    ):
        parser.add_argument("name", help="full name")
        parser.add_argument("to", help=text)
    _one_name(verbs, "inactivate", lambda c, o: c.set_customer_active(o.name, active=False))
    _one_name(verbs, "reactivate", lambda c, o: c.set_customer_active(o.name, active=True))
    _one_name(verbs, "delete", lambda c, o: c.delete_customer(o.name))


def _one_name(verbs: Parsers, verb: str, action: Action) -> None:
    _command(verbs, verb, f"{verb} one", action).add_argument("name", help="full name")


def _jobs_list(company: CompanyFile, options: Options) -> Any:
    return company.list_customers(below=options.below, active=options.active)


def _jobs_add(company: CompanyFile, options: Options) -> Any:
    given = _given(options, tuple(CUSTOMER_FIELDS))
    return {"list_id": company.add_customer(options.name, **given)}


def _jobs_edit(company: CompanyFile, options: Options) -> Any:
    company.edit_customer(options.name, **_given(options, tuple(CUSTOMER_FIELDS)))


# ---------------------------------------------------------------- other lists
def _add_list(commands: Parsers, subject: str) -> None:
    word = WORDS[subject]
    verbs = _verbs(commands.add_parser(subject, help=f"the list of {subject}"))
    _command(verbs, "list", f"list the {subject}", lambda c, _: c.list_elements(word))
    add = _command(verbs, "add", f"add to the {subject}", _list_add)
    add.add_argument("name", help="full name")
    if subject == "items":
        add.add_argument("--kind", choices=tuple(ITEM_KINDS), default="Service")
        add.add_argument("--account", default="Service Income")
        _fields(add, ("price", "description"))
    if subject == "terms":
        add.add_argument("--due-days", dest="due_days", type=int, default=0)
    if subject == "accounts":
        add.add_argument("--type", dest="account_type", default="Income")
    rename = _command(
        verbs, "rename", "give another name", lambda c, o: c.rename_element(word, o.name, o.to)
    )
    rename.add_argument("name", help="full name")
    rename.add_argument("to", help="the new name without its parents")
    _one_name(verbs, "inactivate", lambda c, o: c.set_active(word, o.name, active=False))
    _one_name(verbs, "reactivate", lambda c, o: c.set_active(word, o.name, active=True))
    _one_name(verbs, "delete", lambda c, o: c.delete_element(word, o.name))


def _list_add(company: CompanyFile, options: Options) -> Any:
    if options.subject == "items":
        given = _given(options, ("kind", "account", "price", "description"))
        return {"list_id": company.add_item(options.name, **given)}
    if options.subject == "terms":
        return {"list_id": company.add_terms(options.name, due_days=options.due_days)}
    if options.subject == "accounts":
        return {"list_id": company.add_account(options.name, account_type=options.account_type)}
    return {"list_id": company.add_class(options.name)}


# ---------------------------------------------------------------- invoices
def _add_invoices(commands: Parsers) -> None:
    verbs = _verbs(commands.add_parser("invoices", help="invoices and credit memos"))
    listing = _command(verbs, "list", "list invoices, oldest first", _invoices_list)
    listing.add_argument("--number", default="")
    listing.add_argument("--job", default="", help="full name of the customer or job")
    listing.add_argument("--credit-memos", dest="credits", action="store_true")
    show = _command(
        verbs, "show", "show one with its lines", lambda c, o: c.find_invoice(o.invoice)
    )
    add = _command(verbs, "add", "type one by hand", _invoices_add)
    add.add_argument("customer", help="full name of the customer or job")
    add.add_argument(
        "--line", action="append", required=True, metavar="FIELD=VALUE,…",
        help="one line, as item=Regular,quantity=8,rate=50 (several times)",
    )  # fmt: skip
    add.add_argument("--credit-memo", dest="credits", action="store_true")
    _fields(add, INVOICE_FIELDS)
    edit = _command(verbs, "edit", "change header fields, or one line", _invoices_edit)
    _fields(edit, INVOICE_FIELDS)
    edit.add_argument("--line", type=int, help="number of the line, counted from 1")
    _fields(edit, tuple(name for name in LINE_FIELDS if name != "class_name"))
    move = _command(
        verbs, "move", "put on another job", lambda c, o: c.move_invoice(o.invoice, o.to)
    )
    renumber = _command(
        verbs, "renumber", "give another number", lambda c, o: c.renumber_invoice(o.invoice, o.to)
    )
    void = _command(verbs, "void", "void one", lambda c, o: c.void_invoice(o.invoice))
    delete = _command(verbs, "delete", "delete one", lambda c, o: c.delete_invoice(o.invoice))
    for parser in (show, edit, move, renumber, void, delete):
        parser.add_argument("invoice", help="number or TxnID")
    move.add_argument("to", help="full name of the customer or job")
    renumber.add_argument("to", help="the new number")


def _invoices_list(company: CompanyFile, options: Options) -> Any:
    kind = "CreditMemo" if options.credits else "Invoice"
    return company.list_invoices(number=options.number, job=options.job, kind=kind)


def _invoices_add(company: CompanyFile, options: Options) -> Any:
    lines = [_line(text) for text in options.line]
    kind = "CreditMemo" if options.credits else "Invoice"
    given = _given(options, INVOICE_FIELDS)
    return {"txn_id": company.add_invoice(options.customer, lines, kind=kind, **given)}


def _line(text: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    for part in text.split(","):
        name, equals, value = part.partition("=")
        if not equals or name.strip() not in LINE_FIELDS:
            message = f'"{part}" is not a field of a line.'
            raise BookError(0, message, f"Write FIELD=VALUE with {', '.join(LINE_FIELDS)}.")
        fields[name.strip()] = value.strip()
    return fields


def _invoices_edit(company: CompanyFile, options: Options) -> Any:
    if options.line is None:
        company.edit_invoice(options.invoice, **_given(options, INVOICE_FIELDS))
    else:
        given = _given(options, LINE_FIELDS)
        company.edit_invoice_line(options.invoice, options.line, **given)


def _pay(company: CompanyFile, options: Options) -> Any:
    txn_id = company.receive_payment(
        options.invoice, options.amount, date=options.date, number=options.number
    )
    return {"txn_id": txn_id}


# ---------------------------------------------------------------- company
def _add_company(commands: Parsers) -> None:
    closing = _command(commands, "closing-date", "close the books up to a day", _closing)
    closing.add_argument("date", help="YYYY-MM-DD, or `none`")
    preferences = _command(commands, "preferences", "show or set preferences", _preferences)
    preferences.add_argument("setting", nargs="*", metavar="NAME=VALUE")
    backup = _command(commands, "backup", "write a backup", lambda c, o: c.backup(o.path))
    restore = _command(commands, "restore", "bring back a backup", lambda c, o: c.restore(o.path))
    for parser in (backup, restore):
        parser.add_argument("path", type=Path)


def _closing(company: CompanyFile, options: Options) -> Any:
    company.set_closing_date("" if options.date == "none" else options.date)


def _preferences(company: CompanyFile, options: Options) -> Any:
    for text in options.setting:
        name, _, value = text.partition("=")
        company.set_preference(name, value)
    return company.preferences()


def _create(_company: CompanyFile, _options: Options) -> Any:
    return None


def _create_file(options: Options) -> Any:
    description = _description(options.source) if options.source else None
    company = CompanyFile.create(options.file, name=options.name)
    try:
        counts = company.load(description) if description else {}
        return {"company_file": company.company_file, **counts}
    finally:
        company.close()


def _load(company: CompanyFile, options: Options) -> Any:
    return company.load(_description(options.source))


def _description(path: Path) -> dict[str, Any]:
    try:
        description = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        message = f"{path} cannot be read."
        raise BookError(0, message, "Give the path of a JSON file.") from error
    except ValueError as error:
        message = f"{path} is not JSON: {error}."
        raise BookError(0, message, "Fix the file and try again.") from error
    if not isinstance(description, dict):
        raise BookError(0, f"{path} holds no description.", "It must be one JSON object.")
    return description


# ---------------------------------------------------------------- faults
def _add_faults(commands: Parsers) -> None:
    verbs = _verbs(commands.add_parser("faults", help="what goes wrong, on request"))
    _command(verbs, "list", "list raised faults", lambda c, _: c.list_faults())
    _command(verbs, "kinds", "list the kinds of faults", _fault_kinds)
    add = _command(verbs, "raise", "raise a fault", _raise)
    add.add_argument("kind", choices=tuple(KINDS), metavar="KIND", help="see `faults kinds`")
    add.add_argument("--times", type=int, help="act so many times (default: until cleared)")
    add.add_argument("--skip", type=int, default=0, help="let so many occasions pass first")
    add.add_argument("--target", default="", help="object, kind of request, `write` or `any`")
    add.add_argument("--delay", type=float, default=0.0, metavar="SECONDS")
    add.add_argument("--code", type=lambda text: int(text, 0), default=0, help="status or HRESULT")
    add.add_argument("--message", default="")
    clear = _command(verbs, "clear", "clear faults (all, a kind, or one)", _clear)
    clear.add_argument("which", nargs="?", default="", help="number or kind")


def _fault_kinds(_company: CompanyFile, _options: Options) -> Any:
    return [{"kind": kind, "meaning": text} for kind, (_, text) in KINDS.items()]


def _raise(company: CompanyFile, options: Options) -> Any:
    return company.raise_fault(
        options.kind, times=options.times, skip=options.skip, target=options.target,
        delay_s=options.delay, code=options.code, message=options.message,
    )  # fmt: skip


def _clear(company: CompanyFile, options: Options) -> Any:
    if options.which.isdecimal():
        return {"cleared": company.clear_faults(fault_id=int(options.which))}
    return {"cleared": company.clear_faults(kind=options.which)}


def _totals(company: CompanyFile, _options: Options) -> Any:
    rows: list[Any] = [asdict(row) for row in company.totals_per_job()]
    count = sum(row["invoices"] for row in rows)
    total = sum((row["total"] for row in rows), Decimal("0.00"))
    return [*rows, {"list_id": "", "full_name": "TOTAL", "invoices": count, "total": total}]
