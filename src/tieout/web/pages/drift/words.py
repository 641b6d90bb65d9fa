"""What the Drift inbox says of each kind of change: its name, what it means, what helps."""

from __future__ import annotations

from dataclasses import dataclass

from tieout.core.drifting import BLOCKING, DriftKind


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind in the words of the screen; `hint` says what to click where."""

    key: str
    name: str
    tone: str  # of its badge
    meaning: str
    hint: str = ""

    @property
    def blocks(self) -> bool:
        return DriftKind(self.key) in BLOCKING

    @property
    def named(self) -> bool:
        """Whether old and new are names of the QuickBooks job."""
        return self.key in {"moved", "renamed", "respelled", "merged", "deleted"}

    @property
    def choose(self) -> bool:
        """Whether another QuickBooks job may have to be chosen."""
        return self.key in {"moved", "merged", "deleted", "reassigned", "renamed"}


_ALL = (
    Kind(
        "moved", "Moved", "warn",
        "The QuickBooks job stands under another customer or job. Invoices would go there.",
    ),
    Kind(
        "merged", "Merged", "bad",
        "The QuickBooks job was merged into another one, which took over its invoices.",
    ),
    Kind(
        "deleted", "Deleted", "bad",
        "The QuickBooks job is gone. It had no invoices, so it was deleted, or merged unused.",
        "Open the job in Record Mapping and choose another QuickBooks job; or add it again in "
        "QuickBooks (Customers → Customer Center → the customer → New Customer & Job → Add Job), "
        "then Refresh QuickBooks list.",
    ),
    Kind(
        "inactivated", "Made inactive", "warn",
        "The QuickBooks job was made inactive. QuickBooks posts nothing to it.",
        "To make it active in QuickBooks: Customers → Customer Center → Customers & Jobs, choose "
        "All Customers, right-click the job → Make Customer:Job Active. Then Refresh QuickBooks "
        "list here.",
    ),
    Kind(
        "reassigned", "Re-assigned", "warn",
        "The contractor job belongs to another client in Bilflo. Its QuickBooks job stands under "
        "the former client's customer.",
        "Open the job in Record Mapping and choose the QuickBooks job under the new client's "
        "customer.",
    ),
    Kind(
        "renamed", "Renamed", "go",
        "The QuickBooks job has another name. The mapping holds, it is by id. Where the new name is "
        "another person's, the job may have been given away: its exports wait for the answer.",
    ),
    Kind("reactivated", "Active again", "ok", "The QuickBooks job is active again."),
    Kind(
        "ended", "Ended", "off",
        "The contractor job ended in Bilflo. Its last invoices still go to this QuickBooks job.",
    ),
    Kind("reopened", "Reopened", "go", "The contractor job was reopened in Bilflo."),
    Kind(
        "respelled", "Spelling", "off",
        "Only the spelling changed, or only a customer above was renamed. Nobody is asked.",
    ),
)  # fmt: skip
KINDS = {kind.key: kind for kind in _ALL}
ANSWERS = {
    "kept": "Kept",
    "remapped": "Mapped to another job",
    "removed": "Association removed",
    "ignored": "Ignored until it changes again",
}
CONFIRMS_ALL = {
    "shared": "Also where it serves another contractor job",
    "other_customer": "Also where it stands under another customer than the client's",
    "inactive": "Also where it is inactive in QuickBooks",
    "is_customer": "Also where it is a customer, not a job",
}
TABS = {"open": "Open", "answered": "Answered", "noted": "Noted and over"}
BULK = {
    "keep": ("Keep all", "Keep"),
    "remap": ("Map all to the survivor", "Map"),
    "ignore": ("Ignore all", "Ignore"),
}
