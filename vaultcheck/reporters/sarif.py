"""The report as SARIF 2.1.0, which code hosts read.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

import inspect
import json
import re
from urllib.parse import quote

from vault_magic import __version__
from vaultcheck.finding import Consequence, Finding, Location, Severity
from vaultcheck.report import Report
from vaultcheck.reporters.style import clean
from vaultcheck.reporters.wording import render_place
from vaultcheck.rules import RULES
from vaultcheck.rules.base import Rule

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_FINGERPRINT = "vaultcheck/v1"
_ROOT = "%SRCROOT%"
_OUTSIDE = re.compile(r"\.\./|[A-Za-z]:/")
"""How files begin that are not below the working directory: above it, or on another drive of Windows."""

_BOLD = re.compile(r"\*\*([\w ]+)\*\*")

_Json = dict[str, object]


def render_sarif(report: Report) -> str:
    """Return one run with the rules of the findings and the findings; files begin at the working directory."""
    codes = {finding.code for finding in report.findings}
    rules = [rule for rule in RULES if rule.code in codes]
    places = {rule.code: at for at, rule in enumerate(rules)}
    driver = {"name": "vaultcheck", "version": __version__, "rules": [_write_rule(rule) for rule in rules]}
    run = {
        "tool": {"driver": driver},
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The working directory of the check."}}},
        "columnKind": "unicodeCodePoints",
        "results": [_write_result(finding, places) for finding in report.findings],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _write_rule(rule: Rule) -> _Json:
    page = inspect.getdoc(rule) or rule.name
    first, *rest = (" ".join(one.split()) for one in page.split("\n\n"))
    return {
        "id": rule.code,
        "name": rule.name,
        "shortDescription": {"text": first},
        "fullDescription": {"text": _BOLD.sub(r"\1", "\n\n".join((first, *rest[:1])))},
        "help": {"text": page, "markdown": page},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
    }


def _write_result(finding: Finding, places: dict[str, int]) -> _Json:
    lines = (finding.message, *finding.story, f"→ {finding.hint}")
    result: _Json = {
        "ruleId": finding.code,
        **({"ruleIndex": places[finding.code]} if finding.code in places else {}),
        "level": _LEVELS[finding.severity],
        "message": {"text": "\n".join(map(_escape, lines))},
        "locations": [_write_location(finding.location)],
        "partialFingerprints": {_FINGERPRINT: finding.fingerprint},
    }
    related = [_write_related(one, number) for number, one in enumerate(finding.consequences, start=1)]
    return result | ({"relatedLocations": related} if related else {})


def _write_related(one: Consequence, number: int) -> _Json:
    told: _Json = {"id": number, "message": {"text": _escape(one.message)}}
    return told | _write_location(one.location)


def _write_location(where: Location) -> _Json:
    physical: _Json = {"artifactLocation": _write_file(where.file)}
    if where.file_line is not None:
        physical["region"] = {"startLine": where.file_line}
    location: _Json = {"physicalLocation": physical}
    return location if where.cell is None else location | {"logicalLocations": [_write_cell(where)]}


def _write_file(file: str) -> _Json:
    uri = quote(file, errors="backslashreplace")
    if _OUTSIDE.match(file) is None:
        return {"uri": uri, "uriBaseId": _ROOT}
    return {"uri": uri if file.startswith("..") else f"file:///{file[:2]}{uri[4:]}"}


def _write_cell(where: Location) -> _Json:
    named: _Json = {"fullyQualifiedName": clean(where.cell_id)} if where.cell_id else {}
    return {"name": render_place(where), "kind": "element"} | named


def _escape(text: str) -> str:
    """Return a message that says what it says: no placeholder (3.11.5), no link (3.11.6).

    For brackets outside of links the standard has no escape; a space leaves code what it was.
    """
    return clean(text).replace("{", "{{").replace("}", "}}").replace("](", "] (")
