"""Custom fields and the private company stamp."""

from __future__ import annotations

from tests.unit.sandbox.caller import Caller, invoice

from tieout.sandbox import CompanyFile

OWNER = "{9C1B7D52-0B7E-4E0B-9C52-6C0F6E5A1D01}"


def define(owner: str, name: str, *objects: str, kind: str = "STR255TYPE") -> str:
    assigned = "".join(f"<AssignToObject>{item}</AssignToObject>" for item in objects)
    return (
        f"<DataExtDefAddRq><DataExtDefAdd><OwnerID>{owner}</OwnerID><DataExtName>{name}</DataExtName>"
        f"<DataExtType>{kind}</DataExtType>{assigned}</DataExtDefAdd></DataExtDefAddRq>"
    )


def write(verb: str, owner: str, name: str, where: str, value: str = "") -> str:
    text = f"<DataExtValue>{value}</DataExtValue>" if value else ""
    return (
        f"<DataExt{verb}Rq><DataExt{verb}><OwnerID>{owner}</OwnerID><DataExtName>{name}</DataExtName>"
        f"{where}{text}</DataExt{verb}></DataExt{verb}Rq>"
    )


COMPANY = "<OtherDataExtType>Company</OtherDataExtType>"


def test_the_company_carries_a_stamp_for_its_owner_only(qb: Caller) -> None:
    assert qb.code(write("Add", OWNER, "TieoutCompany", COMPANY, "x")) == 3120
    assert qb.code(define(OWNER.lower(), "TieoutCompany", "Company")) == 0
    assert qb.code(define(OWNER, "tieoutcompany", "Company")) == 3100
    assert qb.code(write("Add", OWNER, "TieoutCompany", COMPANY, "stamp-1")) == 0
    ask = f"<CompanyQueryRq><OwnerID>{OWNER}</OwnerID></CompanyQueryRq>"
    ret = qb.ask(ask).find("CompanyRet/DataExtRet")
    assert (ret.findtext("OwnerID"), ret.findtext("DataExtValue")) == (OWNER, "stamp-1")
    assert qb.ask("<CompanyQueryRq/>").find("CompanyRet/DataExtRet") is None


def test_a_second_value_is_refused_a_mod_changes_it_and_a_del_removes_it(qb: Caller) -> None:
    qb.ask(define(OWNER, "Stamp", "Company"))
    codes = [
        qb.code(write(verb, OWNER, "Stamp", COMPANY, value))
        for verb, value in (("Add", "1"), ("Add", "2"), ("Mod", "3"), ("Del", ""), ("Del", ""))
    ]
    assert codes == [0, 3180, 0, 0, 3120]


def test_a_custom_field_of_a_job_bumps_it_and_comes_back_when_asked(
    qb: Caller, company: CompanyFile
) -> None:
    job = company.find_customer("Acme Health:RN Ortiz - ICU")
    where = (
        "<ListDataExtType>Customer</ListDataExtType>"
        f"<ListObjRef><ListID>{job.list_id}</ListID></ListObjRef>"
    )
    assert qb.code(define("0", "Tieout ID", "Customer", kind="INTTYPE")) == 3153
    qb.ask(define("0", "Tieout ID", "Customer"))
    assert qb.code(write("Add", "0", "tieout id", where, "job-4711")) == 0
    ask = f"<CustomerQueryRq><ListID>{job.list_id}</ListID><OwnerID>0</OwnerID></CustomerQueryRq>"
    ret = qb.ask(ask)[0]
    assert ret.findtext("DataExtRet/DataExtValue") == "job-4711"
    assert int(ret.findtext("EditSequence")) > int(job.edit_sequence)


def test_a_macro_names_an_invoice_of_the_same_set(qb: Caller) -> None:
    qb.ask(define(OWNER, "Export", "Invoice"))
    add = invoice().replace("<InvoiceAdd>", "<InvoiceAdd defMacro='TxnID:i1'>")
    where = "<TxnDataExtType>Invoice</TxnDataExtType><TxnID useMacro='TxnID:{}'/>"
    answers = qb.send(
        add
        + write("Add", OWNER, "Export", where.format("i1"), "90210")
        + write("Add", OWNER, "Export", where.format("i2"), "90210")
    )
    assert [rs.get("statusCode") for rs in answers] == ["0", "0", "9100"]
    ask = f"<InvoiceQueryRq><RefNumber>T-1</RefNumber><OwnerID>{OWNER}</OwnerID></InvoiceQueryRq>"
    assert qb.ask(ask).findtext("InvoiceRet/DataExtRet/DataExtValue") == "90210"
