"""All rules, in the order of their codes."""

from __future__ import annotations

from vaultcheck.rules.base import Rule
from vaultcheck.rules.commands import EditedCommand, MalformedCommand, NeverExecuted
from vaultcheck.rules.freshness import EditedCell, StaleImport
from vaultcheck.rules.inputs import DamagedVault, ManifestBehind, MissingVault, UnreadableNotebook, UnreadableRecord
from vaultcheck.rules.integrity import MissingObject, NotLastRecorded
from vaultcheck.rules.lineage import ProducerCycle, RivalProducers, UnstoredImport

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
    EditedCell(),
    StaleImport(),
    UnstoredImport(),
    RivalProducers(),
    ProducerCycle(),
)
