"""Tests of what came of a run: its objects against those stored."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.builders import identify
from vault_magic.identity import Identity
from vaultcheck.notebook import Notebook
from vaultcheck.rerun.execution import Failure
from vaultcheck.rerun.outcome import ObjectState, RerunResult, RunOutcome, RunState, compare, judge
from vaultcheck.rerun.plan import Run

_ONE, _OTHER = identify("1"), identify("2")
_ODD, _ODDER = identify("1", unstable=True), identify("2", unstable=True)

_COMPARED = {
    "same": (_ONE, _ONE, ObjectState.SAME),
    "different": (_ONE, _OTHER, ObjectState.DIFFERENT),
    "gone": (None, _ONE, ObjectState.NOT_STORED),
    "new": (_ONE, None, ObjectState.NEW),
    "bytes-that-differ-each-time": (_ODD, _ODDER, ObjectState.CANNOT_TELL),
    "such-bytes-that-are-the-same": (_ODD, _ODD, ObjectState.SAME),
    "another-format": (identify("1", format="npy"), _ONE, ObjectState.DIFFERENT),
}


@pytest.mark.parametrize(("made", "stored", "state"), _COMPARED.values(), ids=_COMPARED)
def test_object_against_the_stored_one(made: Identity | None, stored: Identity | None, state: ObjectState) -> None:
    assert compare(made, stored) is state


_X, _Y = ("storage.zip", "m/x"), ("storage.zip", "m/y")
_NOTEBOOK = Notebook("a.ipynb", Path("a.ipynb"), ())
_RUN = Run(_NOTEBOOK, _NOTEBOOK, makes=(_X,))


def test_run_that_makes_the_same_is_reproduced() -> None:
    outcome = judge(_RUN, {_X: _ONE}, {_X: _ONE, _Y: _OTHER}, None)
    assert (outcome.state, outcome.objects) == (RunState.REPRODUCED, {_X: ObjectState.SAME})


@pytest.mark.parametrize("made", [{_X: _OTHER}, {}], ids=["another", "not-stored"])
def test_run_that_makes_another_or_none_differs(made: dict[tuple[str, str], Identity]) -> None:
    assert judge(_RUN, made, {_X: _ONE}, None).state is RunState.DIFFERS


def test_object_that_no_command_tells_of_counts() -> None:
    outcome = judge(_RUN, {_X: _ONE, _Y: _OTHER}, {_X: _ONE, _Y: _ONE}, None)
    assert (outcome.state, outcome.objects[_Y]) == (RunState.DIFFERS, ObjectState.DIFFERENT)


def test_failure_goes_before_what_was_made() -> None:
    failure = Failure("ValueError: no", cell=3)
    outcome = judge(_RUN, {_X: _ONE}, {_X: _ONE}, failure)
    assert (outcome.state, outcome.failure) == (RunState.FAILED, failure)


@pytest.mark.parametrize("state", RunState)
def test_all_runs_have_to_make_what_is_stored(state: RunState) -> None:
    result = RerunResult((RunOutcome(_RUN, RunState.REPRODUCED, {}), RunOutcome(_RUN, state, {})))
    assert result.is_reproduced is (state is RunState.REPRODUCED)
