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

# what is ticked before a mapping is saved, kept or led back: core.mapping.WarningKind
CONFIRMS = {
    "shared": "I confirm that it serves both jobs.",
    "other_customer": "I confirm that it stands under another customer.",
    "inactive": "I confirm that it is inactive.",
    "is_customer": "I confirm that it is a customer, not a job.",
}

# from which score suggestions may be accepted in bulk, in hundredths
BULK_SCORES = (100, 95, 90, 85, 80)
