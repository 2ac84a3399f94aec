"""The lineage as drawings and texts: notebooks, the objects that they store, and those that import them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from vaultcheck.lineage import Lineage
from vaultcheck.reporters.style import clean

_MEANT = re.compile(r"[^\w ./-]|(?<![^\W_])[._-]|[._-](?![^\W_])|(?<=www)\.")
"""What may mean something to Mermaid, or to the Markdown and HTML that it takes labels for: `1. x` is a list."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """The lineage as nodes and arrows; nodes are numbered in the order of their names."""

    notebooks: tuple[str, ...]
    objects: tuple[tuple[str, str], ...]
    stores: tuple[tuple[str, tuple[str, str]], ...]
    imports: tuple[tuple[tuple[str, str], str], ...]

    def label(self, one: tuple[str, str]) -> str:
        """Return the path of an object, with its vault where there are several."""
        vault, path = one
        return path if len({name for name, _ in self.objects}) == 1 else f"{path} ({vault})"


def draw(lineage: Lineage) -> Drawing:
    """Return what is to be drawn of a lineage."""
    stores = [(name, (use.vault, use.path)) for use in lineage.uses for name in use.producers]
    imports = [((use.vault, use.path), name) for use in lineage.uses for name in use.consumers]
    notebooks = {name for name, _ in stores} | {name for _, name in imports}
    objects = {one for _, one in stores} | {one for one, _ in imports}
    return Drawing(tuple(sorted(notebooks)), tuple(sorted(objects)), tuple(stores), tuple(imports))


def render_mermaid(lineage: Lineage) -> str:
    """Return a flowchart of Mermaid (https://mermaid.js.org/syntax/flowchart.html)."""
    drawing = draw(lineage)
    names = _number(drawing)
    lines = ["flowchart LR"]
    lines += [f'    {names[one]}["{_escape_mermaid(one)}"]' for one in drawing.notebooks]
    lines += [f'    {names[one]}[("{_escape_mermaid(drawing.label(one))}")]' for one in drawing.objects]
    lines += [f"    {names[start]} --> {names[end]}" for start, end in _list_arrows(drawing)]
    return "".join(f"{line}\n" for line in lines)


def render_dot(lineage: Lineage) -> str:
    """Return a graph of Graphviz (https://graphviz.org/doc/info/lang.html)."""
    drawing = draw(lineage)
    names = _number(drawing)
    lines = [f"{names[one]} [shape=note, label={_quote(one)}];" for one in drawing.notebooks]
    lines += [
        f"{names[one]} [shape=cylinder, label={_quote(drawing.label(one))}, tooltip={_quote(one[0])}];"
        for one in drawing.objects
    ]
    lines += [f"{names[start]} -> {names[end]};" for start, end in _list_arrows(drawing)]
    return "digraph lineage {\n    rankdir=LR;\n" + "".join(f"    {line}\n" for line in lines) + "}\n"


def render_tree(lineage: Lineage) -> str:
    """Return a block for each notebook: what it imports and from whom, what it stores and for whom."""
    drawing = draw(lineage)
    uses = {(use.vault, use.path): use for use in lineage.uses}
    lines = list[str]()
    for name in lineage.sort_notebooks(drawing.notebooks):
        lines.append(clean(name))
        imported = [one for one, other in drawing.imports if other == name]
        stored = [one for other, one in drawing.stores if other == name]
        lines += [f"    ← {_show(one)}{_list_others('from', uses[one].producers, name)}" for one in imported]
        lines += [f"    → {_show(one)}{_list_others('for', uses[one].consumers, name)}" for one in stored]
    return "".join(f"{line}\n" for line in lines) or "No notebook stores or imports anything.\n"


def render_graph_json(lineage: Lineage) -> str:
    """Return notebooks, objects, stores and imports as JSON."""
    drawing = draw(lineage)
    content = {
        "schema_version": 1,
        "notebooks": list(drawing.notebooks),
        "objects": [{"vault": vault, "path": path} for vault, path in drawing.objects],
        "stores": [{"notebook": name, "vault": one[0], "path": one[1]} for name, one in drawing.stores],
        "imports": [{"notebook": name, "vault": one[0], "path": one[1]} for one, name in drawing.imports],
    }
    return json.dumps(content, indent=2) + "\n"


_Node = str | tuple[str, str]


def _number(drawing: Drawing) -> dict[_Node, str]:
    """Return names that are safe in every language for drawings."""
    notebooks: dict[_Node, str] = {one: f"n{at}" for at, one in enumerate(drawing.notebooks, start=1)}
    return notebooks | {one: f"o{at}" for at, one in enumerate(drawing.objects, start=1)}


def _list_arrows(drawing: Drawing) -> Iterator[tuple[_Node, _Node]]:
    yield from drawing.stores
    yield from drawing.imports


def _escape_mermaid(text: str) -> str:
    """Return a label: what means something stands as the number of the character."""
    return _MEANT.sub(lambda match: f"#{ord(match[0])};", clean(text))


def _quote(text: str) -> str:
    r"""Return a string of Graphviz, which reads escapes like `\N` and entities like `&lt;` in labels."""
    escaped = clean(text).replace("&", "&amp;").replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _show(one: tuple[str, str]) -> str:
    return f"{clean(one[1])} ({clean(one[0])})"


def _list_others(word: str, names: tuple[str, ...], own: str) -> str:
    others = [clean(name) for name in names if name != own]
    return f" {word} {', '.join(others)}" if others else ""
