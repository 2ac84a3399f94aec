"""Tests of calls in processes of their own."""

from __future__ import annotations

import os
from concurrent.futures.process import BrokenProcessPool

import pytest

from vaultcheck.rerun.processes import ProcessEach


def test_each_call_has_a_process_of_its_own() -> None:
    with ProcessEach(2) as executor:
        found = {future.result() for future in [executor.submit(os.getpid) for _ in range(3)]}
    assert len(found | {os.getpid()}) == 4


def test_process_that_dies_fails_its_own_call_alone() -> None:
    with ProcessEach(2) as executor:
        dying, living = executor.submit(os._exit, 3), executor.submit(sum, [1, 2])
        assert living.result() == 3
        with pytest.raises(BrokenProcessPool):
            dying.result()
        assert executor.submit(len, "ab").result() == 2
