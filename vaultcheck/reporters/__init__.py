"""Reporters: functions from a report to text, by the name of the format; each is imported when it is used."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module

from vaultcheck.report import Report

_FORMATS = ("text", "json", "sarif", "junit", "github", "markdown")


def _build(form: str) -> Callable[[Report], str]:
    def render(report: Report) -> str:
        text: str = getattr(import_module(f"vaultcheck.reporters.{form}"), f"render_{form}")(report)
        return text

    return render


REPORTERS: Mapping[str, Callable[[Report], str]] = {form: _build(form) for form in _FORMATS}
