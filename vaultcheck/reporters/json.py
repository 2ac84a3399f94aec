"""The report for programs: versioned JSON."""

from __future__ import annotations

import json

from vaultcheck.finding import Finding
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
        "lineage": _write_lineage(report.lineage),
        "rerun": None,
    }
    return json.dumps(content, indent=2) + "\n"


def _write_summary(report: Report) -> dict[str, object]:
    counts = {f"{severity.value}s": number for severity, number in report.counts.items()}
    vaults = [{"path": one.path, "source": one.source, "objects": one.objects} for one in report.vaults]
    coverage = {"notebooks": len(report.notebooks), "with_vault": len(report.with_vault), "judged": report.judged}
    return counts | coverage | {"vaults": vaults}


def _write_finding(finding: Finding) -> dict[str, object]:
    where = finding.location
    return {
        "code": finding.code,
        "name": finding.name,
        "severity": finding.severity.value,
        "message": finding.message,
        "hint": finding.hint,
        "notebook": where.file,
        "cell": where.cell,
        "cell_id": where.cell_id,
        "line": where.line,
        "file_line": where.file_line,
        "object": finding.object,
    }


def _write_lineage(lineage: Lineage) -> dict[str, object]:
    objects = [
        {"vault": use.vault, "path": use.path, "producers": list(use.producers), "consumers": list(use.consumers)}
        for use in lineage.uses
    ]
    edges = [{"producer": one.producer, "consumer": one.consumer, "object": one.object} for one in lineage.edges]
    return {"objects": objects, "edges": edges}
