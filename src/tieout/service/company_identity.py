"""Whether the company file that answers is the one that was verified: stamp, name, path.

The stamp decides where there is one. Without it the identity is weaker: path, name and the time
of the last restore, which a copy of the file under the same path shares.
"""

from __future__ import annotations

from tieout.quickbooks import wire
from tieout.service.company_facts import CompanyFacts
from tieout.store.queries.connections import Book, company

STAMPED = "It bears Tieout's stamp."
WEAKER = "It bears no stamp: it is known by path, name and last restore only."


def own_stamp(*, company_id: int) -> str:
    """The stamp that this company writes onto its file."""
    return str(company(company_id=company_id).guid)


def stamp_trouble(*, book: Book, facts: CompanyFacts) -> str:
    """What is wrong with the stamp, in a sentence; "" when it is as expected.

    A file that nobody stamped here may bear this company's own stamp already: a Tieout that was
    restored from a backup wrote it once.
    """
    if facts.stamp == book.stamp:
        return ""
    if not facts.stamp:
        return "The company file that is open bears no stamp, but this company's file has one."
    if not book.stamp and facts.stamp == own_stamp(company_id=book.company_id):
        return ""
    return "The company file that is open bears the stamp of another Tieout company."


def other_path(*, book: Book, facts: CompanyFacts) -> bool:
    """Whether it lies elsewhere; Windows writes the same path in several ways."""
    if not book.company_file or not facts.company_file:
        return False
    return wire.fence_key(facts.company_file) != wire.fence_key(book.company_file)


def shown(facts: CompanyFacts) -> str:
    """How a Super User reads by what the file is recognised."""
    return STAMPED if facts.stamp else WEAKER
