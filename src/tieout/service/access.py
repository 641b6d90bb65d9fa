"""Who may do what in which company. Asked once at the edge of every page and command."""

from __future__ import annotations

from dataclasses import dataclass

from tieout.store.queries import people


@dataclass(frozen=True, slots=True)
class Access:
    """A signed-in person in one company. Every page gets one; nobody gets a page without."""

    user: people.User
    company: people.Company
    role: str

    @property
    def role_name(self) -> str:
        """The role's name on the screens."""
        return str(people.Role(self.role).label)

    @property
    def can_configure(self) -> bool:
        """Change settings, people and connections."""
        return self.role == people.Role.SUPER_USER

    @property
    def can_work(self) -> bool:
        """Map, import and export."""
        return self.role in {people.Role.SUPER_USER, people.Role.BILLER}

    @property
    def can_approve(self) -> bool:
        """Release batches."""
        return self.role in {people.Role.SUPER_USER, people.Role.APPROVER}

    @property
    def can_tie_out(self) -> bool:
        """Ask for a tie-out, which only reads: everybody but a Viewer."""
        return self.can_work or self.can_approve


def find_access(*, user: people.User, company_id: int) -> Access | None:
    """The person's access to the company, or None: a stranger learns nothing more."""
    membership = people.membership(user=user, company_id=company_id)
    if membership is None:
        return None
    return Access(user=user, company=membership.company, role=membership.role)
