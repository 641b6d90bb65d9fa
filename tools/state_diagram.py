"""Write docs/reference/posting-states.md from the export table itself.

python tools/state_diagram.py          write the page
python tools/state_diagram.py --check  exit 1 when the page is stale
"""

from __future__ import annotations

import sys
from pathlib import Path

from tieout.core.exporting import TABLE, Effect, Event, State, Step

PAGE = Path(__file__).resolve().parent.parent / "docs" / "reference" / "posting-states.md"

MEANING = {
    State.READY: "Planned, checked, and in nobody's hands. *Queued* once somebody exported it.",
    State.CLAIMED: "A worker has it and asks QuickBooks whether the number is there already.",
    State.PROBED: "QuickBooks was asked and does not hold it.",
    State.SENDING: "The intent is saved and the bytes are on their way.",
    State.EXPORTED: "QuickBooks holds it; both numbers are known.",
    State.REFUSED: "QuickBooks said no and saved nothing. A fix makes it ready again.",
    State.UNCONFIRMED: "Sent, and no usable answer came. Tieout finds out; nothing is sent.",
    State.RESENDABLE: "Proved absent: the same bytes go out again under the same id.",
    State.NEEDS_PERSON: "The evidence is not enough for a machine. A person links or sends again.",
    State.SET_ASIDE: "A Super User took it out of the queue, with a reason.",
    State.VOIDED: "Voided in QuickBooks after it was exported.",
    State.DELETED: "Deleted in QuickBooks after it was exported.",
    State.CHANGED_IN_QUICKBOOKS: "Edited in QuickBooks after it was exported.",
}


def page() -> str:
    """The whole page: what the states mean, the diagram, and every transition with its effects."""
    lines = [
        "# The states of a posting",
        "",
        "A posting is the intent for one invoice or credit memo in QuickBooks. This page is",
        "written by `python tools/state_diagram.py` from the table that the program runs.",
        "",
        "| State | Meaning |",
        "|---|---|",
        *(f"| {state.value} | {MEANING[state]} |" for state in State),
        "",
        "```mermaid",
        "stateDiagram-v2",
        f"    [*] --> {_name(State.READY)}",
        *(
            f"    {_name(state)} --> {_name(step.state)}: {event.value}"
            for state, event, step in _steps()
            if state is not step.state
        ),
        "```",
        "",
        "| From | What happens | To | What is done, in this order |",
        "|---|---|---|---|",
        *(
            f"| {state.value} | {event.value} | {step.state.value} | {_effects(step.effects)} |"
            for state, event, step in _steps()
        ),
        "",
        "A pair that is not in this table cannot happen: the program refuses it.",
        "",
    ]
    return "\n".join(lines)


def _steps() -> list[tuple[State, Event, Step]]:
    return [
        (state, event, TABLE[state][event])
        for state in State
        for event in Event
        if event in TABLE[state]
    ]


def _name(state: State) -> str:
    return state.value.replace(" ", "_")


def _effects(effects: tuple[Effect, ...]) -> str:
    return "; ".join(effect.value for effect in effects) or "–"


def main() -> int:
    """Write or check the page."""
    if "--check" in sys.argv[1:]:
        return 0 if PAGE.read_text(encoding="utf-8") == page() else 1
    PAGE.write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
