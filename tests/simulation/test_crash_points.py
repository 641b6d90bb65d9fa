"""Every point at which one export can break, by name, through the real service and store, for
invoices and for credit memos.

One tick is one small step. On the remote road: lane, then build, carry, keep and apply of the
session check (ticks 0 to 4), of the probe (5 to 8) and of the write (9 to 12); over the Web
Connector one step more for each (the write is built at 11, handed out at 12, carried at 13).
Creating or updating a job, updating and voiding an invoice break in
tests/store/test_service_qb_writes_faults.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from tests.simulation import real_books
from tests.simulation.audit import audit
from tests.simulation.mutants import LATE_NEWS
from tests.simulation.real_books import CREDIT_MEMO, INVOICE, RealBooks
from tests.simulation.real_run import APP, RealRuns
from tests.simulation.real_tieout import RealTieout
from tests.simulation.rows import REMOTE, WEB
from tests.simulation.schedules import Fault, Schedule
from tests.simulation.world import Run

from tieout.core import keys
from tieout.sandbox import handlers, sales_add
from tieout.sandbox.context import Context
from tieout.sandbox.reply import Answer
from tieout.sandbox.xmltree import Node
from tieout.service.subjects import subject_of
from tieout.store.models import Posting

Before = Callable[[RealTieout, RealBooks], None]


@pytest.fixture(params=[INVOICE, CREDIT_MEMO])
def runs(
    db: None, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Iterator[RealRuns]:
    made = RealRuns(monkeypatch, kind=request.param)
    yield made
    made.close()


def broken(
    runs: RealRuns,
    *faults: tuple[int, str] | tuple[int, str, int],
    road: str = REMOTE,
    invoices: int = 1,
    people: int = 0xFFF,
    before: Before = lambda tieout, books: None,
) -> Run:
    """A run with these faults: tick, kind and, where it matters, the small number."""
    struck = tuple(Fault(given[0], given[1], (*given, 0)[2], writes=True) for given in faults)
    schedule = Schedule(-1, invoices, road, same_path=False, people=people, faults=struck)
    return runs.run(schedule, before=before)


def sent(run: Run) -> list[str]:
    """The set ids under which writes were handed to QuickBooks, in order."""
    return [entry[3] for entry in run.log if entry[0] == "sent"]


def passed(run: Run) -> set[str]:
    """Every state that the first invoice went through."""
    return {str(states[0]) for states in run.trace}


def stands_once(run: Run) -> None:
    """Exported, in QuickBooks once, and nothing for the auditor to say."""
    assert audit(run) == []
    assert {state for state, _ in run.claims} == {"exported"}
    for guid, *_ in run.wanted:
        assert sum(invoice.guid == guid for invoice in run.right) == 1
    assert run.wrong == []


def test_we_die_before_the_intent_is_committed(runs: RealRuns) -> None:
    run = broken(runs, (9, "crash"))
    stands_once(run)
    assert len(sent(run)) == 1
    assert "unconfirmed" not in passed(run)


def test_we_die_between_the_intent_and_the_bytes(runs: RealRuns) -> None:
    run = broken(runs, (10, "crash"))
    stands_once(run)
    assert {"unconfirmed", "resendable"} <= passed(run)
    assert len(sent(run)) == 1


@pytest.mark.parametrize("road", [REMOTE, WEB])
def test_the_bytes_are_lost_on_the_way(runs: RealRuns, road: str) -> None:
    run = broken(runs, (0, "request lost"), road=road)
    stands_once(run)
    assert {"unconfirmed", "resendable"} <= passed(run)
    assert len(sent(run)) == 1


def test_the_web_connector_dies_with_the_set_in_hand(runs: RealRuns) -> None:
    run = broken(runs, (13, "crash"), road=WEB)
    stands_once(run)
    assert "unconfirmed" in passed(run)


@pytest.mark.parametrize("road", [REMOTE, WEB])
def test_quickbooks_dies_before_it_saves(runs: RealRuns, road: str) -> None:
    run = broken(runs, (0, "before save"), road=road)
    stands_once(run)
    first, again = sent(run)
    assert first == again


@pytest.mark.parametrize("road", [REMOTE, WEB])
def test_quickbooks_dies_between_the_invoice_and_its_record(runs: RealRuns, road: str) -> None:
    run = broken(runs, (0, "after save"), road=road)
    stands_once(run)
    assert len(sent(run)) == 1


@pytest.mark.parametrize("road", [REMOTE, WEB])
def test_the_reply_is_lost_after_quickbooks_stored_it(runs: RealRuns, road: str) -> None:
    run = broken(runs, (0, "reply lost"), road=road)
    stands_once(run)
    assert len(sent(run)) == 1


def test_the_connector_has_the_reply_and_the_network_is_gone(runs: RealRuns) -> None:
    run = broken(runs, (0, "answer lost"))
    stands_once(run)
    assert len(sent(run)) == 1


def test_the_web_connector_has_the_reply_and_our_server_is_down(runs: RealRuns) -> None:
    run = broken(runs, (0, "answer lost", 0), road=WEB)
    stands_once(run)
    assert len(sent(run)) == 1


@pytest.mark.parametrize(("road", "at"), [(REMOTE, 12), (WEB, 15)])
def test_we_die_after_keeping_the_answer_before_acting_on_it(
    runs: RealRuns, road: str, at: int
) -> None:
    run = broken(runs, (at, "crash"), road=road)
    stands_once(run)
    assert "unconfirmed" not in passed(run)  # the kept answer is enough
    assert len(sent(run)) == 1


def test_we_die_after_acting_on_the_answer_before_telling_the_web_connector(
    runs: RealRuns,
) -> None:
    run = broken(runs, (16, "crash"), road=WEB)
    stands_once(run)
    assert len(sent(run)) == 1


@pytest.mark.parametrize("road", [REMOTE, WEB])
def test_the_answer_comes_twice(runs: RealRuns, road: str) -> None:
    run = broken(runs, (0, "answer twice"), road=road)
    stands_once(run)
    assert len(sent(run)) == 1


def test_the_same_set_reaches_quickbooks_twice(runs: RealRuns) -> None:
    run = broken(runs, (0, "connector dies late", 5))
    stands_once(run)
    assert len(sent(run)) == 2
    assert len(set(sent(run))) == 1
    assert [entry[0] for entry in run.log].count("runs") == 2


def test_the_first_answer_comes_after_a_person_had_it_sent_again(runs: RealRuns) -> None:
    """A late commit while the second sending is being prepared: the kept proof stops it."""
    run = runs.run(LATE_NEWS)
    happened = [entry[0] for entry in run.log]
    assert happened.index("sent again") < happened.index("told")
    assert audit(run) == []
    assert [state for state, _ in run.claims] == ["exported"]
    assert len(sent(run)) == 1


def test_two_workers_and_the_first_wakes_after_its_lease(runs: RealRuns) -> None:
    run = broken(runs, (0, "second worker"), (10, "pause", 1), invoices=2)
    stands_once(run)


def test_the_road_is_switched_while_an_answer_is_out(runs: RealRuns) -> None:
    run = broken(runs, (0, "reply lost"), (11, "switch road"), (24, "switch road"), invoices=2)
    stands_once(run)


def test_a_backup_of_quickbooks_is_restored_after_the_export(runs: RealRuns) -> None:
    """What vanished is not made again by itself; nothing is written before a person looked."""
    run = broken(runs, (0, "back up theirs"), (14, "restore theirs"), invoices=2)
    assert audit(run) == []
    assert [state for state, _ in run.claims] == ["exported", "exported"]
    here = [sum(i.guid == guid for i in run.right) for guid, *_ in run.wanted]
    assert here == [0, 1]
    assert len(sent(run)) == 2


def test_our_database_is_restored_after_the_export(runs: RealRuns) -> None:
    run = broken(runs, (2, "back up ours"), (14, "restore ours"))
    stands_once(run)
    assert len(sent(run)) == 1  # the probe finds it


@pytest.mark.parametrize(("what", "here"), [("delete", 0), ("void", 1), ("edit", 1)])
def test_somebody_changes_it_after_the_export(runs: RealRuns, what: str, here: int) -> None:
    run = broken(runs, (14, what))
    assert audit(run) == []
    assert len(run.right) == here
    assert len(sent(run)) == 1  # never made again by itself


def test_somebody_renumbers_it_before_the_answer_is_known(runs: RealRuns) -> None:
    run = broken(runs, (0, "after save"), (11, "renumber"))
    assert audit(run) == []
    assert [state for state, _ in run.claims] == ["exported"]
    assert len(run.right) == len(sent(run)) == 1
    assert run.right[0].number != run.wanted[0][2]


def test_other_software_uses_our_number(runs: RealRuns) -> None:
    run = broken(runs, (2, "foreign"))
    assert "needs a person" in passed(run)
    assert [entry for entry in run.log if entry[0] == "sent again"]
    stands_once(run)


def test_another_company_file_is_open(runs: RealRuns) -> None:
    run = broken(runs, (0, "wrong file"), invoices=2)
    stands_once(run)  # in the right one, once that is open again


def test_a_set_holds_one_write(runs: RealRuns) -> None:
    run = broken(runs, invoices=2)
    stands_once(run)
    for entry in run.log:
        if entry[0] == "sent":
            assert entry[4].count(b"Rq requestID=") == 1


def test_a_warning_without_the_invoice_is_looked_up(
    runs: RealRuns, monkeypatch: pytest.MonkeyPatch
) -> None:
    """QuickBooks warns and returns nothing: saved or not, it is found out and not doubled."""
    monkeypatch.setattr(real_books, "REFUSED", 530)
    run = broken(runs, (2, "refuse"))
    assert audit(run) == []
    assert "unconfirmed" in passed(run)
    assert len(run.right) <= 1


def test_a_locked_record_is_tried_again_under_a_new_set_id(runs: RealRuns) -> None:
    run = broken(runs, (2, "lock"))
    stands_once(run)
    first, again = sent(run)
    assert first != again


def test_a_refusal_is_mended_and_sent_under_a_new_set_id(runs: RealRuns) -> None:
    run = broken(runs, (2, "refuse"))
    assert "refused" in passed(run)
    stands_once(run)
    first, again = sent(run)
    assert first != again


def test_a_refusal_whose_answer_was_lost_is_brought_back_by_the_status_check(
    runs: RealRuns,
) -> None:
    run = broken(runs, (2, "refuse"), (0, "reply lost"))
    assert {"unconfirmed", "refused"} <= passed(run)
    stands_once(run)
    first, again = sent(run)
    assert first != again


def _first(tieout: RealTieout) -> tuple[str, bytes]:
    """The set id and the bytes under which the first invoice will leave."""
    row = Posting.objects.get(pk=tieout.posting_ids[0])
    set_id = keys.set_id_of(row.key)
    return set_id, subject_of(row).write(set_id=set_id, old_set_id="")


def something_else(tieout: RealTieout, books: RealBooks) -> None:
    """QuickBooks has run another message set under that id."""
    set_id, _ = _first(tieout)
    query = (
        '<?xml version="1.0"?><?qbxml version="13.0"?><QBXML><QBXMLMsgsRq onError="stopOnError"'
        f' newMessageSetID="{set_id}"><CustomerQueryRq requestID="1"/></QBXMLMsgsRq></QBXML>'
    )
    books._run(books.files[0], APP, query.encode("ascii"))


def a_dearer_one(tieout: RealTieout, books: RealBooks) -> None:
    """It was exported with another amount and deleted; then our database was restored."""
    _, request = _first(tieout)
    assert b"<Amount>100.00<" in request
    books.process(books.begin(), APP, request.replace(b"<Amount>100.00<", b"<Amount>900.00<"))
    assert books.delete(tieout.postings[0].guid)


@pytest.mark.parametrize("road", [REMOTE, WEB])
@pytest.mark.parametrize("before", [something_else, a_dearer_one])
def test_the_same_set_id_with_other_bytes_needs_a_person(
    runs: RealRuns, before: Before, road: str
) -> None:
    """QuickBooks says 9001: it is not sent again, under this id or another, until a person says so."""
    run = broken(runs, road=road, people=0, before=before)
    assert audit(run) == []
    assert {"unconfirmed", "needs a person"} <= passed(run)
    assert "resendable" not in passed(run)
    assert len(sent(run)) == 1
    assert run.right == []


def _not_returned(kind: str, *, code: int, evidence: bool) -> Callable[[Context, Node], Answer]:
    """It is saved, and its object is not in the answer (501, 510; ErrorRecovery tells its ids)."""
    add = sales_add.add_invoice if kind == INVOICE else sales_add.add_credit_memo

    def answer(context: Context, request: Node) -> Answer:
        ((_, ret),) = add(context, request).fields
        kept = {name: value for name, value in ret if isinstance(value, str)}
        ids = [(each, kept[each]) for each in ("TxnID", "TxnNumber", "EditSequence")]
        fields = [("ErrorRecovery", [*ids, ("ExternalGUID", kept["ExternalGUID"])])]
        return Answer(fields=fields if evidence else [], code=code, message="It was saved.")

    return answer


@pytest.mark.parametrize("road", [REMOTE, WEB])
@pytest.mark.parametrize("evidence", [True, False])
@pytest.mark.parametrize("code", [501, 510])
def test_saved_and_not_returned(
    runs: RealRuns, monkeypatch: pytest.MonkeyPatch, code: int, evidence: bool, road: str
) -> None:
    """Its ids in ErrorRecovery are proof enough; without them it is looked for, and found."""
    handler = _not_returned(runs.kind, code=code, evidence=evidence)
    monkeypatch.setitem(handlers.HANDLERS, f"{runs.kind}Add", handler)
    run = broken(runs, road=road)
    stands_once(run)
    assert ("unconfirmed" in passed(run)) is not evidence
    assert len(sent(run)) == 1


def test_saved_not_returned_and_the_answer_was_lost(
    runs: RealRuns, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The status check brings the same evidence back."""
    handler = _not_returned(runs.kind, code=510, evidence=True)
    monkeypatch.setitem(handlers.HANDLERS, f"{runs.kind}Add", handler)
    run = broken(runs, (0, "reply lost"))
    stands_once(run)
    assert "unconfirmed" in passed(run)
    assert len(sent(run)) == 1
