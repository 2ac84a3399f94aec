"""The report for programs: versioned JSON."""

from __future__ import annotations

import json

from vaultcheck.finding import Consequence, Finding, Location
from vaultcheck.lineage import Lineage
from vaultcheck.report import Report

SCHEMA_VERSION = 1


def render_json(report: Report) -> str:
    """Return the report as JSON; the same report is the same text."""
    content = {
        "schema_version": SCHEMA_VERSION,
        "summary": _write_summary(report),
        "notebooks": [
            {
                "path": one.path,
                "cells": one.cells,
                "commands": one.commands,
                "readable": one.is_readable,
                "judged": one.has_evidence,
            }
            for one in report.notebooks
        ],
        "findings": [_write_finding(finding) for finding in report.findings],
        "commands": list(report.commands),
        "lineage": _write_lineage(report.lineage),
        "rerun": None,
    }
    return json.dumps(content, indent=2) + "\n"


def _write_summary(report: Report) -> dict[str, object]:
    counts = {f"{severity.value}s": number for severity, number in report.counts.items()}
    vaults = [{"path": one.path, "source": one.source, "objects": one.objects} for one in report.vaults]
    coverage = {"notebooks": len(report.notebooks), "with_vault": len(report.with_vault), "judged": report.judged}
    coverage |= {"suppressed": report.suppressed, "baselined": report.baselined}
    return counts | coverage | {"vaults": vaults}


def _write_finding(finding: Finding) -> dict[str, object]:
    return {
        "code": finding.code,
        "name": finding.name,
        "severity": finding.severity.value,
        "message": finding.message,
        "hint": finding.hint,
        **_write_place(finding.location),
        "object": finding.object,
        "vault": finding.vault,
        "stake": finding.stake.value,
        "story": list(finding.story),
        "commands": list(finding.commands),
        "consequences": [_write_consequence(one) for one in finding.consequences],
        "last_store": finding.last_store,
        "fingerprint": finding.fingerprint,
    }


def _write_consequence(one: Consequence) -> dict[str, object]:
    return _write_place(one.location) | {"message": one.message, "object": one.object}


def _write_place(where: Location) -> dict[str, object]:
    return {
        "notebook": where.file,
        "cell": where.cell,
        "cell_id": where.cell_id,
        "line": where.line,
        "file_line": where.file_line,
    }


def _write_lineage(lineage: Lineage) -> dict[str, object]:
    objects = [
        {"vault": use.vault, "path": use.path, "producers": list(use.producers), "consumers": list(use.consumers)}
        for use in lineage.uses
    ]
    edges = [{"producer": one.producer, "consumer": one.consumer, "object": one.object} for one in lineage.edges]
    return {"objects": objects, "edges": edges}
