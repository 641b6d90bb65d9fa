"""The whole road: channel, a real connector process, a rehearsal QuickBooks that dies on request."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.protocol.connector_process import PASSWORD

from tieout.channels.base import Answer, Delivery, Outcome, Rung
from tieout.channels.remote import RemoteChannel, RemoteSettings
from tieout.quickbooks import wire
from tieout.sandbox import CompanyFile

HEAD = '<?xml version="1.0" encoding="utf-8"?><?qbxml version="13.0"?><QBXML><QBXMLMsgsRq {}>{}'
FOOT = "</QBXMLMsgsRq></QBXML>"
ADD = "<CustomerAddRq requestID='1'><CustomerAdd><Name>Ann</Name></CustomerAdd></CustomerAddRq>"
ASK = "<CustomerQueryRq requestID='2'><FullName>Ann</FullName></CustomerQueryRq>"
WRITE = HEAD.format('onError="stopOnError" newMessageSetID="ti-1"', ADD) + FOOT
QUERY = HEAD.format('onError="stopOnError"', ASK) + FOOT
CHECK = (
    HEAD.format('onError="stopOnError" newMessageSetID="ti-1" oldMessageSetID="ti-1"', "") + FOOT
)


class Office:
    """A company file and a connector beside it that can be started again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "password").write_text(PASSWORD)
        self.books = CompanyFile.create(folder / "books", name="Northgate")
        self.processes: list[subprocess.Popen[str]] = []
        self.channel = self.open()

    def open(self) -> RemoteChannel:
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "tieout.cli.main",
                "connector",
                "--json",
                "--port",
                "0",
                "--sandbox",
                str(self.folder / "books"),
                "--data",
                str(self.folder / "data"),
                "--user",
                "ann",
                "--password-file",
                str(self.folder / "password"),
            ],
            stdout=subprocess.PIPE,
            text=True,
        )
        self.processes.append(process)
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        settings = RemoteSettings(
            url=ready["url"],
            username="ann",
            password=PASSWORD,
            fingerprint=ready["fingerprint"],
        )
        return RemoteChannel(settings)

    def deliver(self, call_id: str, qbxml: str) -> Answer:
        return self.channel.deliver(
            Delivery(
                call_id=call_id,
                qbxml=qbxml.encode(),
                writes=wire.contains_write(qbxml),
                company_file="",
                app_name="Tieout",
                expected_company="C:\\Books\\Northgate.QBW",
                installation_id="office",
                epoch=1,
                timeout_s=20.0,
            )
        )

    def start_again_if_dead(self) -> None:
        if self.processes[-1].poll() is not None:
            self.channel.close()
            self.channel = self.open()

    def customers(self) -> int:
        return self.deliver("q-1", QUERY).qbxml.count(b"<CustomerRet>")

    def close(self) -> None:
        self.channel.close()
        self.books.close()
        for process in self.processes:
            process.terminate()
            process.wait(20)
            assert process.stdout is not None
            process.stdout.close()


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    opened = Office(tmp_path)
    yield opened
    opened.close()


def test_a_write_arrives_once_however_often_it_is_sent(office: Office) -> None:
    answers = [office.deliver("w-1", WRITE) for _ in range(3)]
    assert answers[0].outcome is Outcome.RESPONSE
    assert answers[1:] == answers[:1] * 2
    assert office.customers() == 1
    assert b"CustomerAddRs" in office.deliver("q-2", CHECK).qbxml


@pytest.mark.parametrize(
    ("fault", "saved", "dies"),
    [
        ("kill_before_save", 0, True),
        ("kill_after_save", 1, True),
        ("kill_after_state", 1, True),
        ("crash_before_save", 0, False),
        ("crash_after_save", 1, False),
        ("drop_reply", 1, False),
    ],
)
def test_after_any_death_the_call_is_abandoned_and_never_runs_again(
    office: Office, fault: str, saved: int, dies: bool
) -> None:
    office.books.raise_fault(fault, times=1)
    lost = office.deliver("w-1", WRITE)
    assert lost.outcome is (Outcome.UNKNOWN if dies else Outcome.HRESULT)
    assert lost.money_affected is None
    if dies:
        office.processes[-1].wait(10)
    office.start_again_if_dead()
    found = office.channel.recall("w-1", app_name="Tieout")
    again = office.deliver("w-1", WRITE)
    assert found.outcome is again.outcome is Outcome.ABANDONED
    assert office.customers() == saved


def dialog(office: Office) -> Callable[[], object]:
    office.books.raise_fault("dialog")
    return office.books.clear_faults


def test_a_dialog_breaks_its_rung_until_it_is_closed(office: Office) -> None:
    dismiss = dialog(office)
    blocked = office.deliver("w-1", WRITE)
    assert (blocked.outcome, blocked.rung) == (Outcome.HRESULT, Rung.DIALOG)
    assert blocked.money_affected is False
    assert office.channel.status().quickbooks_up is False
    dismiss()
    assert office.deliver("w-2", WRITE).outcome is Outcome.RESPONSE
    assert office.customers() == 1


def test_a_lost_call_is_not_called_abandoned_while_quickbooks_is_away(office: Office) -> None:
    office.books.raise_fault("crash_after_save", times=1)
    office.deliver("w-1", WRITE)
    office.books.raise_fault("closed")
    assert office.channel.recall("w-1").outcome is not Outcome.ABANDONED
    office.books.clear_faults()
    assert office.channel.recall("w-1").outcome is Outcome.ABANDONED
