"""The report: all that a reporter receives."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property

from vaultcheck.finding import Finding, Severity
from vaultcheck.lineage import Lineage
from vaultcheck.reach import Reach


@dataclass(frozen=True, slots=True)
class NotebookSummary:
    """A notebook in the report: how many cells and commands, and whether it has evidence to judge it by."""

    path: str
    cells: int = 0
    commands: int = 0
    is_readable: bool = True
    has_evidence: bool = False


@dataclass(frozen=True, slots=True)
class VaultSummary:
    """A vault in the report: from what it was read, and how many objects it holds."""

    path: str
    source: str
    objects: int


@dataclass(frozen=True)
class Report:
    """The outcome of a check; everything in it is sorted.

    `commands` run again what errors and warnings ask to run again, in the order of hand-overs.

    `suppressed` findings were silenced in a notebook or the configuration, `baselined` ones are those of a baseline.
    `reach` is what could have been found.
    """

    notebooks: tuple[NotebookSummary, ...] = ()
    vaults: tuple[VaultSummary, ...] = ()
    findings: tuple[Finding, ...] = ()
    lineage: Lineage = field(default_factory=Lineage)
    commands: tuple[str, ...] = ()
    suppressed: int = 0
    baselined: int = 0
    reach: Reach = field(default_factory=Reach)

    @cached_property
    def counts(self) -> dict[Severity, int]:
        """How many findings there are of each severity."""
        found = Counter(finding.severity for finding in self.findings)
        return {severity: found[severity] for severity in Severity}

    @property
    def with_vault(self) -> tuple[NotebookSummary, ...]:
        """The notebooks that work with a vault."""
        return tuple(one for one in self.notebooks if one.commands or one.has_evidence)

    @property
    def judged(self) -> int:
        """How many notebooks that work with a vault have evidence to judge them by."""
        return sum(one.has_evidence for one in self.with_vault)

    def fails(self, *, at: Severity) -> bool:
        """Tell whether there is a finding at least as bad as `at`."""
        return any(finding.severity.rank <= at.rank for finding in self.findings)
