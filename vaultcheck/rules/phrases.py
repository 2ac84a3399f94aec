"""How messages speak of several cells, names or objects."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

_MOST = 5
"""Of more than this many the rest are counted."""


def list_names(names: Iterable[str]) -> str:
    """Return names or paths as a message lists them."""
    return _join([f"'{name}'" for name in names])


def list_notebooks(paths: Iterable[str]) -> str:
    """Return the paths of notebooks as a message lists them."""
    return _join([*paths])


def list_cells(numbers: Iterable[int]) -> str:
    """Return the numbers of cells as a message lists them, with the word before."""
    listed = [str(number) for number in numbers]
    return f"{'cell' if len(listed) == 1 else 'cells'} {_join(listed)}"


def list_counts(counts: Iterable[int | None]) -> str:
    """Return execution counts as a message lists them, as notebooks show them; those not known are left out."""
    return _join([f"[{count}]" for count in counts if count is not None])


def agree(things: Collection[object], one: str, several: str) -> str:
    """Return the word that goes with one thing, or the one that goes with several."""
    return one if len(things) == 1 else several


def list_from_difference(numbers: Sequence[int], other: Sequence[int]) -> str:
    """Return the numbers of cells as a message lists them; of many, what another list begins with too is left out."""
    same = next((at for at, (one, two) in enumerate(zip(numbers, other, strict=False)) if one != two), 0)
    return list_cells(numbers[same:] if len(numbers) > _MOST else numbers)


def _join(parts: Sequence[str]) -> str:
    if len(parts) > _MOST:
        parts = [*parts[: _MOST - 1], f"{len(parts) - _MOST + 1} more"]
    return " and ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)
