"""The table of codecs: what is imported when, and the answers to unknown formats and missing libraries."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from vault_magic.codecs import decode
from vault_magic.errors import CodecError

HEAVY = ("pandas", "numpy", "pyarrow", "IPython")


@pytest.mark.parametrize(
    "action",
    [
        pytest.param("pass", id="import"),
        pytest.param("codecs.encode({'a': [1, {2}]})", id="encode-builtins"),
        pytest.param("codecs.encode(codecs.Encoded)", id="encode-a-class"),
        pytest.param("codecs.decode('pickle', codecs.encode(1).data, None)", id="decode-pickle"),
        pytest.param("codecs.schema_digest({'schema_version': 1})", id="schema-digest"),
    ],
)
def test_nothing_heavy_is_imported_unless_needed(action: str) -> None:
    script = f"import sys; from vault_magic import codecs; {action}; print(sorted(set({HEAVY}) & set(sys.modules)))"

    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


def test_unknown_format_says_upgrade() -> None:
    with pytest.raises(CodecError, match="cannot load the format 'parquet'; upgrade"):
        decode("parquet", b"", None)


@pytest.mark.parametrize(("stored_format", "module"), [("tsv", "pandas"), ("npy", "numpy")])
def test_missing_library_names_the_extra(monkeypatch: pytest.MonkeyPatch, stored_format: str, module: str) -> None:
    for name in ("tsv", "npy"):
        monkeypatch.delitem(sys.modules, f"vault_magic.codecs.{name}", raising=False)
    monkeypatch.setitem(sys.modules, module, None)

    with pytest.raises(CodecError, match=r'pip install "vaultcheck\[magic\]"'):
        decode(stored_format, b"", None)
