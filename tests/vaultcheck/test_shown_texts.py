"""Tests of the texts of outputs in which a secret may stand."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from vaultcheck.outputs import Output, UpgradedOutput
from vaultcheck.shown_texts import find_telling

SIGN = "env: A=b"  # what makes a text worth a look


def _stream(text: object) -> dict[str, Any]:
    return {"output_type": "stream", "name": "stdout", "text": text}


def _show(data: dict[str, object]) -> dict[str, Any]:
    return {"output_type": "display_data", "metadata": {}, "data": data}


def _find_both(output: dict[str, Any]) -> tuple[str, ...]:
    """Return what is found, the same in outputs of the fast decoder and in those of nbformat."""
    fast = find_telling([msgspec.json.decode(msgspec.json.encode(output), type=Output)])
    assert find_telling([msgspec.convert(output, UpgradedOutput)]) == fast
    return fast


@pytest.mark.parametrize(
    ("output", "texts"),
    [
        pytest.param(_stream(SIGN), (SIGN,), id="stream"),
        pytest.param(_stream(["a\n", SIGN]), (f"a\n{SIGN}",), id="lines"),
        pytest.param(_show({"text/plain": SIGN}), (SIGN,), id="plain"),
        pytest.param(_show({"text/html": [SIGN]}), (SIGN,), id="html"),
        pytest.param(_show({"application/json": {"a": SIGN}}), ('{"a": "env: A=b"}',), id="json"),
        pytest.param({"output_type": "error", "ename": "E", "evalue": "x", "traceback": []}, ("x",), id="error"),
    ],
)
def test_text_with_a_sign_is_found(output: dict[str, Any], texts: tuple[str, ...]) -> None:
    assert _find_both(output) == texts


@pytest.mark.parametrize(
    "output",
    [
        pytest.param(_stream("nothing of interest"), id="no-sign"),
        pytest.param(_stream(None), id="null"),
        pytest.param(_stream(7), id="number"),
        pytest.param(_show({"image/png": SIGN}), id="picture"),
        pytest.param(_show({"text/html": SIGN + " " * 100_000}), id="widget"),
        pytest.param({"output_type": "display_data", "data": [SIGN]}, id="no-data"),
    ],
)
def test_other_output_is_passed_over(output: dict[str, Any]) -> None:
    assert _find_both(output) == ()
