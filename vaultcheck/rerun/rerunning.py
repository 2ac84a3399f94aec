"""The rerun itself: every run as soon as what it needs is there, in processes of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, wait
from dataclasses import dataclass, field
from pathlib import Path

from vault_magic.identity import Identity
from vaultcheck.rerun.execution import Failure, Job, execute
from vaultcheck.rerun.outcome import RerunResult, RunOutcome, RunState, judge
from vaultcheck.rerun.plan import ObjectKey, Plan, Run
from vaultcheck.rerun.staging import Staging
from vaultcheck.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Conditions:
    """How notebooks are run: where kernels start if not in the notebook's folder, which kernel, how long a cell."""

    working_directory: Path | None = None
    kernel: str | None = None
    cell_timeout: int | None = None


def rerun(
    workspace: Workspace,
    plan: Plan,
    *,
    folder: Path,
    executor: Executor,
    conditions: Conditions | None = None,
    tell: Callable[[RunOutcome], None] = lambda _: None,
) -> RerunResult:
    """Run a plan in overlays below a folder, and return what came of it; nothing else is written.

    The executor runs `execute` in processes of their own, as `ProcessEach` does; `tell` hears of each run when it is
    done. What needs a run that failed is skipped; the others go on.
    """
    archives = {vault.path: vault.archive for vault in workspace.vaults}
    stored = {(vault.path, path): one for vault in workspace.vaults for path, one in vault.objects.items()}
    loop = _Loop(plan, Staging(folder, plan, archives), stored, conditions or Conditions())
    for outcome in loop.run(executor):
        tell(outcome)
    return RerunResult(tuple(loop.outcomes[run.name] for run in plan.runs), plan.left_out)


@dataclass
class _Loop:
    """The runs that are waiting, those that are running, and what came of the others."""

    plan: Plan
    staging: Staging
    stored: Mapping[ObjectKey, Identity]
    conditions: Conditions
    outcomes: dict[str, RunOutcome] = field(default_factory=dict)

    def run(self, executor: Executor) -> Iterator[RunOutcome]:
        """Start what can be started, wait for the first to end, and so on; yield what came of each."""
        waiting, running = [*self.plan.runs], dict[Future[Failure | None], Run]()
        while waiting or running:
            for run in [one for one in waiting if self._is_settled(one)]:
                waiting.remove(run)
                if failed := self._list_failed(run):
                    yield self._keep(RunOutcome(run, RunState.SKIPPED, {}, missing=failed))
                else:
                    running[executor.submit(execute, self._prepare(run))] = run
            if not running:
                continue
            done, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in sorted(done, key=lambda one: running[one].name):
                run = running.pop(future)
                yield self._keep(judge(run, self.staging.list_made(run), self.stored, _read(future)))

    def _is_settled(self, run: Run) -> bool:
        return all(need.run in self.outcomes for need in run.needs)

    def _list_failed(self, run: Run) -> tuple[str, ...]:
        """Return what a run needs, if it cannot be had: runs that failed, or were skipped themselves."""
        bad = (RunState.FAILED, RunState.SKIPPED)
        return tuple(dict.fromkeys(need.run for need in run.needs if self.outcomes[need.run].state in bad))

    def _prepare(self, run: Run) -> Job:
        overlay = self.staging.prepare(run)
        return Job(
            notebook=run.source.file.absolute(),
            executed=self.staging.locate_notebook(run),
            overlay=overlay.folder,
            folder=self.conditions.working_directory or run.source.file.absolute().parent,
            parameters=run.parameters,
            kernel=self.conditions.kernel,
            cell_timeout=self.conditions.cell_timeout,
        )

    def _keep(self, outcome: RunOutcome) -> RunOutcome:
        self.outcomes[outcome.run.name] = outcome
        return outcome


def _read(future: Future[Failure | None]) -> Failure | None:
    """Return what a process said at its end; one that died said nothing."""
    try:
        return future.result()
    except BrokenExecutor as err:
        return Failure(f"the process that ran it has died ({type(err).__name__})")
