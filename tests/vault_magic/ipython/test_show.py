"""What a command shows where an output for it is there already."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.vault_magic.archive.builders import Notebook
from vault_magic.ipython import show
from vault_magic.ipython.show import show_outcome
from vault_magic.options import OpenOptions

Shown = list[tuple[dict[str, str], str | None, bool]]


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> Shown:
    """Return what is displayed: the data, the id of the output, and whether it replaces another."""
    outputs: Shown = []

    def display(data: dict[str, str], *, display_id: str | None, update: bool, **_: Any) -> None:
        outputs.append((data, display_id, update))

    monkeypatch.setattr(show, "display", display)
    return outputs


@pytest.mark.parametrize(
    ("display_id", "outputs"),
    [
        pytest.param(None, [], id="nothing-is-there"),
        pytest.param("sign", [({"text/plain": ""}, "sign", True)], id="sign-of-life-is-taken-back"),
    ],
)
def test_command_without_stamp_and_record_leaves_nothing(
    tmp_path: Path, shown: Shown, display_id: str | None, outputs: Shown
) -> None:
    outcome = Notebook(tmp_path / "storage.zip", names={"x": 1}).run("store x in m")
    show_outcome(outcome, options=OpenOptions(timestamp=False, metadata=False), display_id=display_id)
    assert shown == outputs
