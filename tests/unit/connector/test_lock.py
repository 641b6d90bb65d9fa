from __future__ import annotations

from pathlib import Path

import pytest

from tieout.connector.lock import FolderLock, FolderTaken


def test_one_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "connector.lock"
    first = FolderLock(path)
    with pytest.raises(FolderTaken, match="--data"):
        FolderLock(path)
    first.release()
    FolderLock(path).release()
