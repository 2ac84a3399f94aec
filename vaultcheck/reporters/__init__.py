"""Reporters: functions from a report to text, by the name of the format."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from vaultcheck.report import Report
from vaultcheck.reporters.json import render_json
from vaultcheck.reporters.text import render_text

REPORTERS: Mapping[str, Callable[[Report], str]] = {"text": render_text, "json": render_json}
