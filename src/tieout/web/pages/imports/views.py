"""Import: choose files, see what was recognised, choose columns, start, and see the result."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from tieout.service import check_import, import_source, moments
from tieout.service.access import Access
from tieout.service.import_source import ImportRefused, Kind, SheetRefused
from tieout.store.queries import imports as queries
from tieout.store.queries import source
from tieout.store.queries.imports import Import
from tieout.web import uploads
from tieout.web.access import company_page
from tieout.web.csv_out import csv_response
from tieout.web.pages.imports import forms
from tieout.web.templatetags.tieout import moment
from tieout.web.uploads import Refusal

PROBLEMS_A_PAGE = 50
PROBLEM_COLUMNS = ("File", "Sheet", "Line", "Field", "Value", "What is wrong", "What to do")
IMPORT_COLUMNS = (
    "File", "State", "When", "Who", "Rows", "Added", "Changed", "Unchanged", "Left out",
    "What is wrong", "SHA-256",
)  # fmt: skip


@require_GET
@company_page("read")
def imports(request: HttpRequest, access: Access) -> HttpResponse:
    """Choose files; what was imported before."""
    return _front(request, access)


@require_GET
@never_cache
@company_page("read")
def imports_csv(request: HttpRequest, access: Access) -> StreamingHttpResponse:
    """Every former import with what came of it."""
    return csv_response("imports.csv", IMPORT_COLUMNS, _import_rows(access))


def _import_rows(access: Access) -> Iterator[tuple[object, ...]]:
    for row in queries.every(company_id=access.company.pk):
        waiting = row.state == Import.State.PREVIEW
        yield (
            row.filename,
            "Not started" if waiting else row.get_state_display(),
            moment(row.created_at),
            row.user.shown_name if row.user else "",
            row.rows,
            row.added,
            row.changed,
            row.unchanged,
            row.bad,
            row.problem,
            row.sha256,
        )


@require_POST
@company_page("work")
def receive(request: HttpRequest, access: Access) -> HttpResponse:
    """Take the files, recognise them, and go on to the preview."""
    large = import_source.too_large()
    refusal = Refusal(large.message, large.remedy)
    files, refused = uploads.taken(request, "files", too_large=refusal)
    problems = [f"{each.message} {each.remedy} Nothing of it was kept." for each in refused]
    if not files and not problems:
        problems.append("No file was chosen. Choose a CSV file or an Excel Workbook (.xlsx).")
    rows = []
    for file in files:
        try:
            rows.append(import_source.receive(access, file, file.name or "", moments.now()))
        except SheetRefused as refused:
            problems.append(f"{file.name}: {refused.message} {refused.remedy}")
    if not rows:
        return _front(request, access, problems=problems, status=422)
    for problem in problems:
        messages.error(request, problem)
    return redirect("import", access.company.pk, [row.pk for row in rows])


@require_GET
@never_cache
@company_page("read")
def one(request: HttpRequest, access: Access, ids: list[int]) -> HttpResponse:
    """Some uploads: their preview while they wait, else their progress or result."""
    return _page(request, access, _files(access, ids))


@require_POST
@company_page("work")
def sheet(request: HttpRequest, access: Access, ids: list[int]) -> HttpResponse:
    """Keep another kind or other columns of one sheet, and show it anew."""
    only = request.POST.get("sheet", "")
    files = _files(access, ids)
    file = next((f for f in files if only.startswith(f"s{f.pk}-")), None)
    if file is None:
        message = "There is no such sheet."
        raise Http404(message)
    problem = ""
    try:
        file = import_source.choose(access, file.pk, forms.choices(request.POST, file, only=only))
    except ImportRefused as refused:
        problem = str(refused)
    shown = next((each for each in forms.shown([file]) if each.prefix == only), None)
    if shown is None:
        message = "There is no such sheet."
        raise Http404(message)
    context = {"each": shown, "ids": ids, "problem": problem}
    response = render(request, "imports/_sheet.html", context, status=422 if problem else 200)
    response["HX-Trigger-After-Settle"] = "sheet-shown"  # its rows are checked anew
    return response


@require_POST
@company_page("work")
def check(request: HttpRequest, access: Access, ids: list[int]) -> HttpResponse:
    """Keep what is chosen on the page, and say what of it would be left out."""
    files = _files(access, ids)
    try:
        files = [
            import_source.choose(access, file.pk, forms.choices(request.POST, file))
            for file in files
        ]
    except ImportRefused as refused:
        checked = check_import.Checked(refused=str(refused))
    else:
        checked = check_import.check(access, files)
    return render(request, "imports/_check.html", {"checked": checked})


@require_POST
@company_page("work")
def start(request: HttpRequest, access: Access, ids: list[int]) -> HttpResponse:
    """Keep what was chosen for every sheet, and start."""
    files = _files(access, ids)
    try:
        for file in files:
            import_source.choose(access, file.pk, forms.choices(request.POST, file))
        import_source.start(access, ids, moments.now())
    except ImportRefused as refused:
        return _page(request, access, _files(access, ids), problem=str(refused), status=422)
    return redirect("import", access.company.pk, ids)


@require_POST
@company_page("work")
def discard(request: HttpRequest, access: Access, ids: list[int]) -> HttpResponse:
    """Remove uploads that were never started."""
    _files(access, ids)
    try:
        for each in ids:
            import_source.discard(access, each)
    except ImportRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, "Removed. Nothing was imported.")
    return redirect("imports", access.company.pk)


@require_GET
@company_page("read")
def problems_csv(request: HttpRequest, access: Access, ids: list[int]) -> StreamingHttpResponse:
    """The rows that were left out, as a file to correct by."""
    _files(access, ids)
    return csv_response("rows left out.csv", PROBLEM_COLUMNS, _problem_rows(ids))


@require_GET
@company_page("read")
def template(request: HttpRequest, access: Access, kind: str) -> StreamingHttpResponse:
    """An empty file with the names of the columns."""
    if kind not in set(Kind):
        message = "There is no such template."
        raise Http404(message)
    return csv_response(f"{kind}.csv", import_source.template_row(Kind(kind)), [])


def _problem_rows(ids: Sequence[int]) -> Iterator[tuple[object, ...]]:
    for each in queries.problems(import_ids=ids):
        yield (
            each.run.filename,
            each.sheet,
            each.line,
            each.field,
            each.value,
            each.message,
            each.remedy,
        )


def _front(
    request: HttpRequest, access: Access, *, problems: Sequence[str] = (), status: int = 200
) -> HttpResponse:
    company_id = access.company.pk
    recent = queries.recent(company_id=company_id)
    context = {
        "recent": recent,
        "waiting": [row for row in recent if row.state == Import.State.PREVIEW],
        "running": queries.open_import(company_id=company_id),
        "counts": source.counts(company_id=company_id),
        "kinds": [(kind.value, name) for kind, name in import_source.KIND_NAMES.items()],
        "problems": problems,
    }
    return render(request, "imports/imports.html", context, status=status)


def _files(access: Access, ids: Sequence[int]) -> list[Import]:
    files = queries.find(company_id=access.company.pk, import_ids=ids)
    if len(files) < len(set(ids)):
        message = "There is no such import."
        raise Http404(message)
    return files


def _page(
    request: HttpRequest,
    access: Access,
    files: Sequence[Import],
    *,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    ids = [file.pk for file in files]
    context: dict[str, Any] = {"files": files, "ids": ids, "problem": problem}
    if all(file.state == Import.State.PREVIEW for file in files):
        sheets = forms.shown(files)
        context["sheets"] = sheets
        context["chosen"] = [each for each in sheets if each.sheet["kind"]]
        context["rows"] = sum(each.sheet["rows"] for each in sheets if each.sheet["kind"])
        context["lacking"] = [each for each in sheets if each.missing]
        return render(request, "imports/preview.html", context, status=status)
    listed = queries.count_problems(import_ids=ids)
    paginator = Paginator(range(listed), PROBLEMS_A_PAGE)
    page = paginator.get_page(request.GET.get("page"))
    context["page"] = page
    context["problems"] = queries.problems_page(
        import_ids=ids, start=(page.number - 1) * PROBLEMS_A_PAGE, limit=PROBLEMS_A_PAGE
    )
    context["task"] = queries.task_of(company_id=access.company.pk, import_id=ids[0])
    context["total"] = {
        name: sum(getattr(file, name) for file in files)
        for name in ("rows", "added", "changed", "unchanged", "bad")
    }
    return render(request, "imports/result.html", context, status=status)
