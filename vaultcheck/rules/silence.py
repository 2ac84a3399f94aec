"""VC9xx: what was silenced and need not be any more; the checker finds it when all else is found."""

from __future__ import annotations

from collections.abc import Sequence

from vaultcheck.baseline import Entry
from vaultcheck.finding import Location, Severity
from vaultcheck.rules.base import Draft, Remark
from vaultcheck.suppressions import Suppression

_MOST = 5


class UnusedSuppression(Remark):
    """A suppression that suppresses nothing.

    **What**: a comment, a tag or a word in the metadata of a notebook suppresses rules, and none of them finds
    anything there; or it names no rule.

    **Why**: it hides the next finding, which nobody has seen yet.

    **Example**: `# vaultcheck: ignore[VC304]` in a cell whose import was run again.

    **How to mend**: remove it, or correct the name of the rule.
    """

    code = "VC901"
    name = "unused-suppression"
    severity = Severity.WARNING

    def draft(self, suppression: Suppression, *, is_known: bool) -> Draft:
        """Return the draft of one suppression; `is_known` tells that it names a rule."""
        what = f"'{suppression.word}'" if suppression.word else "everything"
        place = "in this file" if suppression.cell is None else "in this cell"
        if not is_known:
            return Draft(suppression.location, f"{what} is suppressed {place}, and there is no such rule", _CORRECT)
        return Draft(suppression.location, f"{what} is suppressed {place}, and nothing of it is found", "remove it")


_CORRECT = "correct the name (see: vaultcheck rule), or remove it"


class StaleBaseline(Remark):
    """Entries of the baseline that stand for nothing any more.

    **What**: the baseline holds findings of notebooks that were checked, and there are fewer of them now.

    **Why**: the next mistake of that kind would pass for the old one.

    **Example**: a stale import that was in the baseline was run again.

    **How to mend**: write the baseline anew; reasons of what is still there are kept.
    """

    code = "VC902"
    name = "stale-baseline"
    severity = Severity.INFO

    def draft(self, entries: Sequence[Entry], *, file: str) -> Draft:
        """Return the draft of the stale entries of a baseline."""
        named = [f"{one.code} at {one.notebook}" for one in entries[:_MOST]]
        rest = [f"{len(entries) - _MOST} more"] if len(entries) > _MOST else []
        what = "1 entry stands" if len(entries) == 1 else f"{len(entries)} entries stand"
        message = f"{what} for nothing any more: {', '.join((*named, *rest))}"
        return Draft(Location(file), message, "write the baseline anew: --write-baseline")
