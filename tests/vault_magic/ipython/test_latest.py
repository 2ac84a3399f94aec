"""A mapping that keeps what was put into it last."""

from __future__ import annotations

import pytest

from vault_magic.ipython.latest import Latest


@pytest.mark.parametrize(
    ("put", "kept"),
    [
        pytest.param("ab", "ab", id="few"),
        pytest.param("abcd", "cd", id="many"),
        pytest.param("abac", "ac", id="put-again"),
        pytest.param("aaaa", "a", id="always-the-same"),
    ],
)
def test_latest_entries_are_kept(put: str, kept: str) -> None:
    latest: Latest[str, int] = Latest(2)
    for number, key in enumerate(put):
        latest.put(key, number)
    assert latest == {key: put.rindex(key) for key in kept}
