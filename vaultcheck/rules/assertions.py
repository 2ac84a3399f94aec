"""What an assertion expects against what the vault holds now, compared as the command itself does."""

from __future__ import annotations

from dataclasses import dataclass

from vault_magic.command import Algorithm
from vault_magic.forms import Verb
from vaultcheck.steps import Step


@dataclass(frozen=True, slots=True)
class Breach:
    """An assertion that does not hold: the object it is about, what it expects, what is there (`None`: nothing)."""

    path: str
    expected: str
    present: str | None


def find_breach(step: Step) -> Breach | None:
    """Return what is wrong with an assertion as it stands in the cell; `None` where it holds or cannot be judged.

    In a vault with keyed digests the expected one is keyed too: the command compares with what the listing shows. What
    another tool has stored has no SHA-256 there, and may have no checksum.
    """
    command = step.found.command if step.found and step.verb is Verb.ASSERT else None
    if command is None or command.verb is not Verb.ASSERT or command.expected is None or not step.vault.is_known:
        return None
    path, expected = command.targets[0].path, command.expected
    found = step.vault.objects.get(path)
    if found is None:
        return Breach(path, expected.digest, None)
    digest = found.sha256 if expected.algorithm is Algorithm.SHA256 else found.crc32
    return None if digest in (None, expected.digest) else Breach(path, expected.digest, digest)
