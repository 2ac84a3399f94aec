"""The report as JUnit XML, which CI servers show as tests: a suite a notebook, a case a finding.

In the dialect of https://github.com/testmoapp/junitxml: there is no official schema.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from xml.etree import ElementTree as Xml

from vaultcheck.finding import Finding, Severity
from vaultcheck.report import Report
from vaultcheck.reporters.style import clean
from vaultcheck.reporters.wording import render_place


def render_junit(report: Report) -> str:
    """Return a suite for each notebook, and for each other file with findings; what is good to know fails nothing."""
    by_file: dict[str, list[Finding]] = {one.path: [] for one in report.notebooks}
    for finding in report.findings:
        by_file.setdefault(finding.location.file, []).append(finding)
    suites = [_build_suite(file, found) for file, found in sorted(by_file.items())]
    failures = [one for one in report.findings if _is_failure(one)]
    cases = sum(len(suite) for suite in suites)
    root = Xml.Element("testsuites", name="vaultcheck", tests=str(cases), failures=str(len(failures)), errors="0")
    root.extend(suites)
    Xml.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{Xml.tostring(root, encoding="unicode")}\n'


def _build_suite(file: str, findings: Sequence[Finding]) -> Xml.Element:
    failures = sum(map(_is_failure, findings))
    cases = [_build_case(one) for one in findings] or [Xml.Element("testcase", classname=_clean(file), name="clean")]
    suite = Xml.Element("testsuite", name=_clean(file), tests=str(len(cases)), failures=str(failures), errors="0")
    suite.extend(cases)
    return suite


def _build_case(finding: Finding) -> Xml.Element:
    where = finding.location
    case = Xml.Element("testcase", classname=_clean(where.file), name=_name(finding), file=_clean(where.file))
    if where.file_line is not None:
        case.set("line", str(where.file_line))
    if _is_failure(finding):
        told = Xml.SubElement(case, "failure", type=finding.severity.value, message=_clean(finding.message))
    else:
        told = Xml.SubElement(case, "system-out")
    told.text = _join((finding.message, *finding.story, f"→ {finding.hint}"))
    return case


def _name(finding: Finding) -> str:
    """Return what tells a case from the others of its notebook: servers show one of those that are named alike."""
    place = render_place(finding.location)
    about = f" '{_clean(finding.object)}'" if finding.object else ""
    return f"{finding.code} {finding.name}{about}{f' ({place})' if place else ''}"


def _is_failure(finding: Finding) -> bool:
    return finding.severity is not Severity.INFO


def _join(lines: Iterable[str]) -> str:
    return "\n".join(_clean(line) for line in lines)


def _clean(text: str) -> str:
    r"""Return a text that XML can hold (https://www.w3.org/TR/xml/#charsets), on one line."""
    return clean(text).replace("\ufffe", "\\ufffe").replace("\uffff", "\\uffff")
