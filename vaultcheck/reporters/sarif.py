"""The report as SARIF 2.1.0, which code hosts read.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

from __future__ import annotations

import inspect
import json
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

_Json = dict[str, object]


def render_sarif(report: Report) -> str:
    """Return one run with the rules of the findings and the findings; files begin at the working directory."""
    codes = {finding.code for finding in report.findings}
    rules = [rule for rule in RULES if rule.code in codes]
    places = {rule.code: at for at, rule in enumerate(rules)}
    driver = {"name": "vaultcheck", "version": __version__, "rules": [_write_rule(rule) for rule in rules]}
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_write_result(finding, places) for finding in report.findings],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _write_rule(rule: Rule) -> _Json:
    page = inspect.getdoc(rule) or rule.name
    first = " ".join(page.partition("\n\n")[0].split())
    return {
        "id": rule.code,
        "name": rule.name,
        "shortDescription": {"text": first},
        "help": {"text": page, "markdown": page},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
    }


def _write_result(finding: Finding, places: dict[str, int]) -> _Json:
    lines = (finding.message, *finding.story, f"→ {finding.hint}")
    result: _Json = {
        "ruleId": finding.code,
        **({"ruleIndex": places[finding.code]} if finding.code in places else {}),
        "level": _LEVELS[finding.severity],
        "message": {"text": "\n".join(map(clean, lines))},
        "locations": [_write_location(finding.location)],
        "partialFingerprints": {_FINGERPRINT: finding.fingerprint},
    }
    related = [_write_related(one, number) for number, one in enumerate(finding.consequences, start=1)]
    return result | ({"relatedLocations": related} if related else {})


def _write_related(one: Consequence, number: int) -> _Json:
    told: _Json = {"id": number, "message": {"text": clean(one.message)}}
    return told | _write_location(one.location)


def _write_location(where: Location) -> _Json:
    physical: _Json = {"artifactLocation": {"uri": quote(where.file, errors="backslashreplace")}}
    if where.file_line is not None:
        physical["region"] = {"startLine": where.file_line}
    location: _Json = {"physicalLocation": physical}
    return location if where.cell is None else location | {"logicalLocations": [_write_cell(where)]}


def _write_cell(where: Location) -> _Json:
    named: _Json = {"fullyQualifiedName": clean(where.cell_id)} if where.cell_id else {}
    return {"name": render_place(where), "kind": "element"} | named
