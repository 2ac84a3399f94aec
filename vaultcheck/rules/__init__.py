"""All rules, in the order of their codes."""

from __future__ import annotations

from vaultcheck.rules.base import Rule
from vaultcheck.rules.commands import EditedCommand, MalformedCommand, NeverExecuted
from vaultcheck.rules.freshness import EditedCell, ObjectOfFormerImport, ReformattedCell, StaleImport
from vaultcheck.rules.inputs import DamagedVault, ManifestBehind, MissingVault, UnreadableNotebook, UnreadableRecord
from vaultcheck.rules.integrity import MissingObject, NotebookBehind, NotLastRecorded
from vaultcheck.rules.lineage import ProducerCycle, RivalProducers, UnstoredImport
from vaultcheck.rules.order import MixedSessions, OutOfOrder, RepeatedRun, VanishedCell
from vaultcheck.rules.outputs import AlteredOutput
from vaultcheck.rules.provenance import ObjectOfEditedCode, UndefinedName, UnrunDefinition

RULES: tuple[Rule, ...] = (
    UnreadableNotebook(),
    UnreadableRecord(),
    MissingVault(),
    DamagedVault(),
    ManifestBehind(),
    MalformedCommand(),
    EditedCommand(),
    NeverExecuted(),
    MissingObject(),
    NotLastRecorded(),
    NotebookBehind(),
    EditedCell(),
    ReformattedCell(),
    AlteredOutput(),
    StaleImport(),
    ObjectOfEditedCode(),
    UndefinedName(),
    UnrunDefinition(),
    OutOfOrder(),
    VanishedCell(),
    RepeatedRun(),
    MixedSessions(),
    ObjectOfFormerImport(),
    UnstoredImport(),
    RivalProducers(),
    ProducerCycle(),
)
