"""Words of the screens that more than one page uses: states, the menu, the paths to pages."""

from __future__ import annotations

# label and page (name of its address), in the order of the menu
MENU = (
    ("Home", "company_home"),
    ("Invoices", "invoices"),
    ("Map Jobs", "map_jobs"),
    ("Drift inbox", "drift_inbox"),
    ("Client Mapping", "client_mapping"),
    ("Invoice Mapping", "item_mapping"),
    ("Class Mapping", "class_mapping"),
    ("Import", "imports"),
    ("Tie-out", "tie_out"),
    ("Settings", "integrations"),
)

# where a label of a breadcrumb leads: page and anchor
ROADS = {
    "Home": ("company_home", ""),
    "Settings": ("integrations", ""),
    "Integrations": ("integrations", ""),
    "People": ("people", ""),
    "Restored backup": ("restored", ""),
    "Job-level data": ("job_data", ""),
    "Changes sent to QuickBooks": ("qb_writes", ""),
    "QuickBooks Configure": ("integrations", "#quickbooks-configure"),
    "Invoices": ("invoices", ""),
    "Batches": ("exports", ""),
    "Import": ("imports", ""),
    "Map Jobs": ("map_jobs", ""),
    "Drift inbox": ("drift_inbox", ""),
    "Client Mapping": ("client_mapping", ""),
    "Invoice Mapping": ("item_mapping", ""),
    "Class Mapping": ("class_mapping", ""),
    "Tie-out": ("tie_out", ""),
}

# the counters of the mapping pages, by what their addresses say
MAP_STATES = {
    "": "All",
    "not_mapped": "Not mapped",
    "suggested": "Suggested",
    "mapped": "Mapped",
    "attention": "Needs attention",
}
# state -> its word and its tone: ok, go, busy, warn, bad, off (each has its own shape)
STATES = {
    "to_plan": ("Being checked", "busy"),
    "ready": ("Ready", "go"),
    "blocked": ("Blocked", "bad"),
    "queued": ("Queued", "busy"),
    "not_sent": ("Not sent", "off"),
    "under_way": ("Under way", "busy"),
    "claimed": ("Sending", "busy"),
    "probed": ("Sending", "busy"),
    "sending": ("Sending", "busy"),
    "unconfirmed": ("Unconfirmed", "warn"),
    "resendable": ("Unconfirmed", "warn"),
    "needs_a_person": ("Needs a person", "warn"),
    "set_aside": ("Set aside", "off"),
    "exported": ("Exported", "ok"),
    "refused": ("Refused", "bad"),
    "skipped": ("Skipped", "off"),
    "to_confirm": ("To confirm", "warn"),
    "saved": ("Saved", "ok"),
    "undone": ("Undone", "off"),
    "kept": ("Kept", "warn"),
    "voided": ("Voided", "off"),
    "deleted": ("Deleted in QuickBooks", "bad"),
    "changed": ("Changed in the back office", "warn"),
    "changed_in_source": ("Changed in the back office", "warn"),
    "changed_in_quickbooks": ("Changed in QuickBooks", "warn"),
    "mapped": ("Mapped", "ok"),
    "not_mapped": ("Not Mapped", "off"),
    "suggested": ("Suggested", "go"),
    "attention": ("Needs attention", "warn"),
    "drift": ("Drift", "warn"),
    "active": ("Active", "ok"),
    "inactive": ("Inactive", "off"),
    "gone": ("Gone from QuickBooks", "bad"),
    "unverified": ("Not verified", "off"),
    "broken": ("Broken", "bad"),
    "ok": ("OK", "ok"),
    "waiting": ("Waiting", "busy"),
    "running": ("Running", "busy"),
    "done": ("Done", "ok"),
    "failed": ("Failed", "bad"),
    "preview": ("Preview", "go"),
    "tied": ("Tied", "ok"),
    "differs": ("Differs", "bad"),
    "missing": ("Missing", "bad"),
    "open": ("Open", "warn"),
}

# why an invoice is blocked: core.facts.Reason
REASONS = {
    "job_unknown": "Job unknown",
    "job_not_mapped": "Job not mapped",
    "job_inactive": "QuickBooks job inactive",
    "job_gone": "QuickBooks job gone",
    "job_other_customer": "Job under another customer",
    "drift_unanswered": "QuickBooks job changed",
    "line_without_job": "Line without a job",
    "client_not_mapped": "Client not mapped",
    "client_inactive": "QuickBooks customer inactive",
    "item_not_mapped": "Item not mapped",
    "item_inactive": "QuickBooks item inactive",
    "item_without_account": "Item without an account",
    "class_not_mapped": "Class not mapped",
    "class_inactive": "QuickBooks class inactive",
    "terms_unknown": "Terms not in QuickBooks",
    "number_missing": "No invoice number",
    "number_too_long": "Number too long",
    "number_taken": "Number taken in QuickBooks",
    "line_does_not_add_up": "Line does not add up",
    "total_differs": "Total differs",
    "no_lines": "No lines",
    "zero_total": "Zero total",
    "period_closed": "Period closed",
    "approval_missing": "Not approved",
    "refused": "Refused by QuickBooks",
}

# what came of a call to QuickBooks: channels.base.Outcome; "" = nothing was kept yet
OUTCOMES = {
    "": "No answer yet",
    "response": "QuickBooks answered",
    "hresult": "QuickBooks could not be asked",
    "not sent": "Not sent: QuickBooks never got it",
    "unknown": "Answer lost: QuickBooks may have carried it out",
    "fenced": "Turned away: another writer owns this company file",
    "busy": "Turned away: the connector was busy",
    "abandoned": "Broken off: QuickBooks may have carried it out, and works on it no more",
}

# what is ticked before a mapping is saved, kept or led back: core.mapping.WarningKind
CONFIRMS = {
    "shared": "I confirm that it serves both jobs.",
    "other_customer": "I confirm that it stands under another customer.",
    "inactive": "I confirm that it is inactive.",
    "is_customer": "I confirm that it is a customer, not a job.",
}
