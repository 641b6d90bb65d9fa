"""What all contractor jobs tell together, and which of them may want a QuickBooks job."""

from __future__ import annotations

import pytest

from tieout.core.matching_facts import JobToMatch, QbCandidate
from tieout.core.matching_ours import Ours, client_of
from tieout.core.matching_pairs import TheirJob
from tieout.core.names import leaf


def job(key: str, name: str, client: str = "Acme", title: str = "Welder") -> JobToMatch:
    return JobToMatch(job_id=key, contractor=name, client=client, title=title)


def their(text: str) -> TheirJob:
    return TheirJob(fact=QbCandidate(list_id="Q", full_name=text), leaf=leaf((text,)), nodes=())


def test_a_client_is_known_by_its_key_or_its_name() -> None:
    keyed = JobToMatch(job_id="J", contractor="A B", client="Acme", client_key="K1")

    assert client_of(keyed) == "K1"
    assert client_of(job("J", "A B")) == "Acme"


def test_what_went_counts_no_more() -> None:
    found = Ours([job("J10001", "Elena Ortiz"), job("J10002", "Elena Diaz", "Zephyr", "RN")])
    found.put(job("J10002", "Maria Diaz", "Zephyr", "RN"), {})
    found.drop("J10001")
    found.drop("nobody")

    assert +found.counts == {"maria": 1, "diaz": 1}
    assert +found.given == {"maria": 1}
    assert +found.family == {"diaz": 1}
    assert dict(found.titles) == {"rn": 1}
    assert set(found.numbers) == {"10002"}
    assert found.of_client == {"Zephyr": {"J10002"}}
    assert found.reach(their("Ortiz, Elena")) == set()


@pytest.mark.parametrize(
    ("text", "reached"),
    [
        ("Ortiz, Mei", {"J10001"}),
        ("Ortzi, Mei", {"J10001"}),
        ("Renner, Bob", {"J10002"}),
        ("Kowal, Mei", {"J10002"}),
        ("Renner, Mei", set()),
        ("somebody 10002", {"J10002"}),
        ("Deleon, Mei", {"J10003"}),
    ],
)
def test_who_may_want_a_job(text: str, reached: set[str]) -> None:
    ours = Ours(
        [
            job("J10001", "Elena Ortiz"),
            job("J10002", "Robert Kowalczyk"),
            job("J10003", "Ana De Leon"),
        ]
    )
    assert ours.reach(their(text)) == reached
