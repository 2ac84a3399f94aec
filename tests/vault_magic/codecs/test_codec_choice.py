"""The table of codecs: what is imported when, and the answers to unknown formats and missing libraries."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys

import pytest

from vault_magic.codecs import decode, encode
from vault_magic.errors import CodecError

HEAVY = ("pandas", "numpy", "pyarrow", "IPython")


@pytest.mark.parametrize(
    "action",
    [
        pytest.param("pass", id="import"),
        pytest.param("codecs.encode({'a': [1, {2}]})", id="encode-builtins"),
        pytest.param("codecs.encode(codecs.Encoded)", id="encode-a-class"),
        pytest.param("codecs.decode('pickle', codecs.encode(1).data, None)", id="decode-pickle"),
        pytest.param("codecs.encode(1, frame_format=codecs.FrameFormat.PARQUET)", id="encode-no-frame-as-parquet"),
        pytest.param("codecs.schema_digest({'schema_version': 1})", id="schema-digest"),
    ],
)
def test_nothing_heavy_is_imported_unless_needed(action: str) -> None:
    script = f"import sys; from vault_magic import codecs; {action}; print(sorted(set({HEAVY}) & set(sys.modules)))"

    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


def test_unknown_format_says_upgrade() -> None:
    with pytest.raises(
        CodecError, match=r"cannot load the format 'feather': no installed package reads it; .*, or upgrade"
    ):
        decode("feather", b"", None)


@pytest.mark.parametrize(("stored_format", "module"), [("tsv", "pandas"), ("npy", "numpy")])
def test_missing_library_names_the_extra(monkeypatch: pytest.MonkeyPatch, stored_format: str, module: str) -> None:
    for name in ("tsv", "npy"):
        monkeypatch.delitem(sys.modules, f"vault_magic.codecs.{name}", raising=False)
    monkeypatch.setitem(sys.modules, module, None)

    with pytest.raises(CodecError, match=r'pip install "vaultcheck\[magic\]"'):
        decode(stored_format, b"", None)


class Mine:
    """Something that only a pickle holds."""


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_pickle_of_another_tool_is_refused(protocol: int) -> None:
    with pytest.raises(CodecError) as caught:
        decode(None, pickle.dumps(Mine, protocol), None)

    assert str(caught.value) == (
        "this entry is a pickle that another tool wrote, and unpickling can run any code; "
        "if you trust it, open the vault with --allow_pickle True"
    )


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_pickle_of_another_tool_is_loaded_where_allowed(protocol: int) -> None:
    assert decode(None, pickle.dumps(Mine, protocol), None, allow_pickle=True) is Mine


def test_pickle_of_this_tool_needs_no_permission() -> None:
    assert decode("pickle", encode(Mine).data, None) is Mine


@pytest.mark.parametrize("stored_format", ["tsv", "npy", "parquet"])
def test_permission_lets_no_pickle_pass_as_another_format(stored_format: str) -> None:
    with pytest.raises(CodecError, match="cannot load"):
        decode(stored_format, pickle.dumps(Mine), None, allow_pickle=True)


def test_value_stored_with_a_function_asks_for_one() -> None:
    with pytest.raises(CodecError, match=r"^was stored with a function of its own; import it with one: with FUNC$"):
        decode("custom", b"{}", None)
