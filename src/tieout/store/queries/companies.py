"""Companies by name and key."""

from __future__ import annotations

from tieout.store.models import Company


def key_of(*, company_id: int) -> str:
    """The company's own lasting key: part of every GUID and marker it exports."""
    return str(Company.objects.values_list("guid", flat=True).get(pk=company_id))


def by_name(name: str) -> Company | None:
    """The company of that name, without regard to case."""
    return Company.objects.filter(name__iexact=name.strip()).first()


def all_companies() -> list[Company]:
    """Every company, by name."""
    return list(Company.objects.order_by("name", "id"))


def answers() -> None:
    """Ask the smallest question there is. Raises DatabaseError when there is no answer."""
    Company.objects.exists()
