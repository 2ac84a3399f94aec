"""The cells that ran before the extension was loaded, as IPython's history of this session holds them."""

from __future__ import annotations

from collections.abc import Mapping

from IPython.core.interactiveshell import InteractiveShell

from vault_magic.ledger import LIMIT


def read_history(shell: InteractiveShell, *, running: str | None) -> Mapping[int, str]:
    """Return the latest sources by execution count, without the cell that is `running`.

    The history keeps no counts: a source has that of its place. Where some were left out (`exit` is), places and counts
    do not fit together, and nothing is known. `%reset in` blanks what was there.
    """
    texts = getattr(shell.history_manager, "input_hist_raw", None)
    count = shell.displayhook.prompt_count
    if not isinstance(texts, list) or len(texts) != count + 1 or not all(isinstance(text, str) for text in texts):
        return {}
    sources = dict(enumerate(texts))
    if running is not None and sources.pop(count, None) != running.rstrip("\n"):
        return {}
    return {place: source for place, source in sources.items() if source.strip() and count - place <= LIMIT}
