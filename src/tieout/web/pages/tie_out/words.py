"""A finding in words: what it is called, its shape, and what to do about it and who does it."""

from __future__ import annotations

from collections.abc import Mapping

from tieout.core.facts import Verdict
from tieout.core.money import show
from tieout.store.queries.tie_outs import TieOutFinding

# verdict -> word and tone (each tone has its own shape and colour)
WORDS: dict[str, tuple[str, str]] = {
    Verdict.MISSING: ("Missing in QuickBooks", "bad"),
    Verdict.EXTRA: ("Extra in QuickBooks", "bad"),
    Verdict.DUPLICATE: ("Duplicate in QuickBooks", "bad"),
    Verdict.VOIDED: ("Voided", "bad"),
    Verdict.AMOUNT: ("Amount", "bad"),
    Verdict.WRONG_JOB: ("Wrong job", "warn"),
    Verdict.DATE: ("Date", "warn"),
    Verdict.NUMBER: ("Number", "warn"),
}


def counted(verdicts: Mapping[str, int]) -> str:
    """{"amount": 1, "missing": 2} -> "1 amount, 2 missing"; those that cost money come first."""
    return ", ".join(
        f"{verdicts[verdict]:,} {verdict}" for verdict in WORDS if verdicts.get(verdict)
    )


def what_to_do(finding: TieOutFinding) -> str:
    """One sentence with who does it."""
    match Verdict(finding.verdict):
        case Verdict.MISSING:
            mark = f" with [tieout:{finding.posting.key}] in its memo" if finding.posting else ""
            return (
                f"Bookkeeper: {finding.our_number} was deleted in QuickBooks or a backup was "
                f"restored (its Audit Trail says which); enter it again{mark}, or have the Biller "
                "send it anew or say on its page why it is right so."
            )
        case Verdict.EXTRA:
            return (
                "Bookkeeper: it carries Tieout's mark, yet Tieout knows of no such export; void "
                "it if nobody can account for it."
            )
        case Verdict.DUPLICATE:
            return (
                f"Bookkeeper: void the second {finding.their_number or 'one'} in QuickBooks, or "
                "take the [tieout:…] mark out of its memo if it is another sale."
            )
        case Verdict.VOIDED:
            return _voided(finding)
        case _:
            return _changed(finding)


def _voided(finding: TieOutFinding) -> str:
    if finding.our_voided:
        return (
            f"Bookkeeper: void {finding.their_number} in QuickBooks too; Tieout's book holds it "
            "as voided."
        )
    return (
        f"Bookkeeper: open {finding.their_number} in QuickBooks, type its figures again and take "
        "VOID: out of its memo; or have the Biller send it anew or say on its page why it is right so."
    )


def _changed(finding: TieOutFinding) -> str:
    match Verdict(finding.verdict):
        case Verdict.WRONG_JOB:
            if finding.posting and finding.posting.customer.gone_at:  # a merge is never undone
                return (
                    f"{finding.our_customer} is gone from QuickBooks: merged or deleted, it cannot "
                    f"be set back. Bookkeeper: leave the invoice where it is if "
                    f"{finding.their_customer} took over; Biller: answer the change in the Drift "
                    "inbox, so that new invoices follow."
                )
            return f"Bookkeeper: set Customer:Job in QuickBooks back to {finding.our_customer}."
        case Verdict.AMOUNT:
            return (
                f"Bookkeeper: compare the lines of both and put QuickBooks back to "
                f"{show(finding.ours) if finding.ours is not None else 'our amount'}, or have "
                "the Biller correct the back office."
            )
        case Verdict.DATE:
            return f"Bookkeeper: set the date in QuickBooks back to {finding.our_date:%m/%d/%Y}."
        case _:
            return f"Bookkeeper: set the number in QuickBooks back to {finding.our_number}."
