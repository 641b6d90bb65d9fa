"""Does a message set write? Decided before it is queued, without building a tree of it."""

from __future__ import annotations

from xml.parsers import expat

_SLICE = 64 * 1024
_DEPTH_OF_REQUESTS = 2  # QBXML / QBXMLMsgsRq / XxxRq


def contains_write(qbxml: str) -> bool:
    """True unless the set is proved to change nothing in the company file.

    A request whose name does not end in QueryRq writes. So does a set that deletes a recovery
    record: one with an oldMessageSetID that differs from its newMessageSetID (Intuit's
    documentation). The status check (both ids equal, no request) reads. What cannot be read to
    its end (not well-formed, a DTD, another root) counts as a write: the careful side.
    """
    finder = _Finder()
    try:
        return finder.feed(qbxml)
    except expat.ExpatError:
        return True


class _Finder:
    def __init__(self) -> None:
        self.writes = False
        self._path: list[str] = []
        self._parser = expat.ParserCreate("utf-8")
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._parser.buffer_text = True

    def feed(self, qbxml: str) -> bool:
        for start in range(0, len(qbxml), _SLICE):
            piece = qbxml[start : start + _SLICE].encode("utf-8", "replace")
            self._parser.Parse(piece)
            if self.writes:
                return True
        self._parser.Parse(b"", True)  # noqa: FBT003 — expat takes it by position
        return self.writes

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        depth = len(self._path)
        if depth == 0:
            self.writes |= name != "QBXML"
        elif depth == 1:
            self.writes |= name != "QBXMLMsgsRq" or _deletes_a_record(attributes)
        elif depth == _DEPTH_OF_REQUESTS:
            self.writes |= not name.endswith("QueryRq")
        self._path.append(name)

    def _end(self, _name: str) -> None:
        self._path.pop()

    def _doctype(self, *_parts: object) -> None:
        self.writes = True


def _deletes_a_record(attributes: dict[str, str]) -> bool:
    old = attributes.get("oldMessageSetID")
    return old is not None and old != attributes.get("newMessageSetID")
