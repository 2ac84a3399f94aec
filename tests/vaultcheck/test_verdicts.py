"""Whatever people do to a notebook: what it would not store again is told, and once all ran anew nothing is."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from tests.simulation import ACTIONS, Simulation
from vaultcheck.finding import Finding, Severity

_SEEDS = st.integers(min_value=0, max_value=1_000_000)
_DEEDS = st.lists(st.sampled_from(ACTIONS), max_size=6)


@contextmanager
def _use(seed: int, deeds: list[str], *, sends_ids: bool) -> Iterator[Simulation]:
    with tempfile.TemporaryDirectory() as folder:
        simulation = Simulation(Path(folder), seed=seed, sends_ids=sends_ids)
        for deed in deeds:
            simulation.act(deed)
        yield simulation


def _check(simulation: Simulation) -> list[Finding]:
    simulation.lab.save()
    return simulation.lab.check()


@given(_SEEDS, _DEEDS, st.booleans())
def test_object_that_the_notebook_would_not_make_again_is_told(seed: int, deeds: list[str], sends_ids: bool) -> None:
    with _use(seed, deeds, sends_ids=sends_ids) as simulation:
        stored = simulation.find_stored()
        if stored is not None and stored != simulation.run_afresh():
            assert any(finding.severity is not Severity.INFO for finding in _check(simulation))


@given(_SEEDS, _DEEDS, st.booleans(), st.booleans())
def test_notebook_that_was_run_anew_from_the_top_is_clean(
    seed: int, deeds: list[str], sends_ids: bool, stripped: bool
) -> None:
    with _use(seed, deeds, sends_ids=sends_ids) as simulation:
        if simulation.is_sound:
            simulation.restart()
            simulation.run_all()
            if stripped:
                simulation.strip()
            assert _check(simulation) == []
