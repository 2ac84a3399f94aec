"""All rules, in the order of their codes."""

from __future__ import annotations

from vaultcheck.rules.base import Rule
from vaultcheck.rules.commands import EditedCommand, FailedCommand, MalformedCommand, NeverExecuted, VanishedCommand
from vaultcheck.rules.contents import BrokenAssertion, DamagedObject, UnencryptedEntry
from vaultcheck.rules.freshness import EditedCell, ObjectOfFormerImport, ReformattedCell, StaleImport
from vaultcheck.rules.hygiene import SecretLiteral
from vaultcheck.rules.inputs import (
    DamagedVault,
    ManifestBehind,
    MissingVault,
    NoEvidence,
    UnreadableNotebook,
    UnreadableRecord,
)
from vaultcheck.rules.integrity import MissingObject, NotebookBehind, NotLastRecorded
from vaultcheck.rules.leftovers import OrphanedEntry, UnusedObject
from vaultcheck.rules.lineage import ProducerCycle, RivalProducers, UnstoredImport
from vaultcheck.rules.local_files import LocalFile
from vaultcheck.rules.order import MixedSessions, OutOfOrder, RepeatedRun, VanishedCell
from vaultcheck.rules.outputs import AlteredOutput
from vaultcheck.rules.provenance import ObjectOfEditedCode, UndefinedName, UnrunDefinition
from vaultcheck.rules.silence import StaleBaseline, UnusedSuppression

RULES: tuple[Rule, ...] = (
    UnreadableNotebook(),
    UnreadableRecord(),
    MissingVault(),
    DamagedVault(),
    ManifestBehind(),
    NoEvidence(),
    MalformedCommand(),
    EditedCommand(),
    NeverExecuted(),
    VanishedCommand(),
    FailedCommand(),
    MissingObject(),
    NotLastRecorded(),
    DamagedObject(),
    BrokenAssertion(),
    UnencryptedEntry(),
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
    UnusedObject(),
    OrphanedEntry(),
    LocalFile(),
    SecretLiteral(),
    UnusedSuppression(),
    StaleBaseline(),
)
