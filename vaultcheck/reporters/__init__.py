"""Reporters: functions from a report to text, by the name of the format."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from vaultcheck.report import Report
from vaultcheck.reporters.github import render_github
from vaultcheck.reporters.json import render_json
from vaultcheck.reporters.junit import render_junit
from vaultcheck.reporters.markdown import render_markdown
from vaultcheck.reporters.sarif import render_sarif
from vaultcheck.reporters.text import render_text

REPORTERS: Mapping[str, Callable[[Report], str]] = {
    "text": render_text,
    "json": render_json,
    "sarif": render_sarif,
    "junit": render_junit,
    "github": render_github,
    "markdown": render_markdown,
}
