"""What goes wrong in the rehearsal company, by who is told: the caller, one request, the bookkeeper.

The texts of HRESULTs follow the request processor's string table (Intuit's documentation).
"""

from __future__ import annotations

OPEN, BEGIN, PROCESS = "open", "begin", "process"
HRESULT_TEXTS: dict[int, str] = {
    0x80040400: "QuickBooks found an error when parsing the provided XML text stream.",
    0x80040401: "Could not access QuickBooks.",
    0x80040402: "Unexpected error. Check the qbsdklog.txt file for possible additional information.",
    0x80040403: "Could not open the specified QuickBooks company data file.",
    0x80040408: "Could not start QuickBooks.",
    0x8004040A: "A QuickBooks company data file is already open and it is different from the one"
    " requested.",
    0x8004040C: "BeginSession has not been called.",
    0x8004040D: "The ticket parameter is invalid.",
    0x80040410: "The QuickBooks company data file is currently open in a mode other than the one"
    " specified by your application.",
    0x80040413: "This version of QuickBooks does not support rollbackOnError.",
    0x80040414: "A modal dialog box is showing in the QuickBooks user interface. Your application"
    " cannot access QuickBooks until the user dismisses the dialog box.",
    0x80040415: "A name must be provided for your application.",
    0x80040416: "If QuickBooks is not running, a call to the BeginSession method must include the"
    " name of the data file.",
    0x80040417: "If the QuickBooks company data file is not open, a call to the BeginSession method"
    " must include its name.",
    0x80040418: "This application has not accessed this QuickBooks company data file before. The"
    " QuickBooks administrator must grant it permission.",
    0x8004041A: "This application does not have permission to access this QuickBooks company data"
    " file.",
    0x8004041B: "Unable to lock the necessary information to allow this application to access this"
    " company data file. Try again later.",
    0x80040422: "This application requires Single User file access mode.",
    0x80040423: "The version of qbXML that was requested is not supported or is unknown.",
    0x80040424: "QuickBooks has not finished its initialization. Please try again later.",
    0x80010105: "The server threw an exception.",
    0x800706BA: "The RPC server is unavailable.",
    0x800706BE: "The remote procedure call failed.",
}


class HResult(Exception):
    """A call of the request processor failed as a whole; nothing is known but stage and code.

    `stage` is "open", "begin", "process" or "end"; `code` the unsigned HRESULT, for example
    0x80040400; `message` the text that QuickBooks shows with it.
    """

    def __init__(self, stage: str, code: int, message: str = "") -> None:
        self.stage = stage
        self.code = code
        self.message = message or HRESULT_TEXTS.get(code, "Unspecified error.")
        super().__init__(f"0x{code:08X} at {stage}: {self.message}")


class RequestError(Exception):
    """One request is refused: `code` and `message` become its statusCode and statusMessage."""

    def __init__(self, code: int, message: str) -> None:
        self.code = code
        self.message = message
        super().__init__(f"{code}: {message}")


class BookError(Exception):
    """The bookkeeper's operation was refused; the books are as before.

    `code` is the status code that qbXML would have returned for the same refusal (0 where qbXML
    has none, for example a missing backup), `message` one sentence, `remedy` what to do.
    """

    def __init__(self, code: int, message: str, remedy: str = "") -> None:
        self.code = code
        self.message = message
        self.remedy = remedy
        super().__init__(f"{message} {remedy}".strip())
