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
            return (
                f"Bookkeeper: look for {finding.our_number} in QuickBooks' Audit Trail; it was "
                "deleted there or a backup was restored, so enter it again or have it credited."
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
        f"Bookkeeper: {finding.our_number} was voided in QuickBooks; enter it again, or have the "
        "Biller credit it in the back office if the void was meant."
    )


def _changed(finding: TieOutFinding) -> str:
    match Verdict(finding.verdict):
        case Verdict.WRONG_JOB:
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
