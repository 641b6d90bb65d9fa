"""The Remote Connector's HTTP contract as data: messages, their JSON, and what counts as a write.

Both ends import this package and nothing of each other.
"""

from __future__ import annotations

from tieout.quickbooks.wire.codec import WireError, decode, decode_call, encode, keys
from tieout.quickbooks.wire.messages import (
    BODY_BYTES_MAX,
    CONTRACT_HEADER,
    CONTRACT_VERSION,
    EPOCH_MAX,
    TIMEOUT_S_MAX,
    TIMEOUT_S_MIN,
    Access,
    FenceMark,
    Mode,
    ProblemReply,
    ProcessCall,
    ProcessReply,
    ReplyOutcome,
    Stage,
    State,
    StatusReply,
    TakeoverCall,
    WithdrawCall,
    digest,
    fence_key,
)
from tieout.quickbooks.wire.writes import contains_write

__all__ = [
    "BODY_BYTES_MAX",
    "CONTRACT_HEADER",
    "CONTRACT_VERSION",
    "EPOCH_MAX",
    "TIMEOUT_S_MAX",
    "TIMEOUT_S_MIN",
    "Access",
    "FenceMark",
    "Mode",
    "ProblemReply",
    "ProcessCall",
    "ProcessReply",
    "ReplyOutcome",
    "Stage",
    "State",
    "StatusReply",
    "TakeoverCall",
    "WireError",
    "WithdrawCall",
    "contains_write",
    "decode",
    "decode_call",
    "digest",
    "encode",
    "fence_key",
    "keys",
]
