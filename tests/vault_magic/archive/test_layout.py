"""Names and comments inside the archive.

The literal bytes are in people's files: this layout is frozen, and a test here that fails means that archives already
written would be read differently. Later versions add fields or raise `schema_version`.
"""

from __future__ import annotations

import pytest

from tests.vault_magic.archive.builders import VAULT
from vault_magic.archive.layout import (
    SENTINEL,
    CommitMarker,
    check_neighbours,
    is_reserved,
    name_sidecar,
    read_commit_marker,
    read_entry_comment,
    read_sentinel_comment,
    write_commit_marker,
    write_entry_comment,
    write_sentinel_comment,
)
from vault_magic.errors import ArchiveError, FormatError, NewerFormat
from vault_magic.identity import Identity

SENTINEL_COMMENT = b'{"schema_version": 1, "vault": "0123456789abcdef0123456789abcdef"}'
MARKER_COMMENT = b'{"schema_version": 1, "vault": "0123456789abcdef0123456789abcdef", "generation": 7}'
SHA = "12f163211180f5e362d82d3eda98e4de78ed5f95eec49dcbe3a7cb79b6708f5c"
SCHEMA = "ab" * 32
ENTRY_COMMENTS = {
    "table": (
        Identity(crc32="6DE33062", sha256=SHA, format="tsv", schema=SCHEMA, bytes=100),
        f'{{"schema_version": 1, "format": "tsv", "bytes": 100, "crc32": "6DE33062", "sha256": "{SHA}", '
        f'"schema": "{SCHEMA}"}}',
    ),
    "unstable-pickle": (
        Identity(crc32="0000000A", sha256=SHA, format="pickle", bytes=0, unstable=True),
        f'{{"schema_version": 1, "format": "pickle", "bytes": 0, "crc32": "0000000A", "sha256": "{SHA}", '
        '"schema": null, "unstable": true}',
    ),
}
ENTRIES = pytest.mark.parametrize(("identity", "comment"), ENTRY_COMMENTS.values(), ids=ENTRY_COMMENTS.keys())


def test_names_of_the_vaults_own_members_are_frozen() -> None:
    assert SENTINEL == ".vault/vault"
    assert name_sidecar("datasets/salaries") == ".vault/objects/datasets/salaries.json"


def test_sentinel_comment_is_frozen() -> None:
    assert write_sentinel_comment(VAULT) == SENTINEL_COMMENT
    assert read_sentinel_comment(SENTINEL_COMMENT) == VAULT


def test_commit_marker_is_frozen() -> None:
    assert write_commit_marker(CommitMarker(VAULT, 7)) == MARKER_COMMENT
    assert read_commit_marker(MARKER_COMMENT) == CommitMarker(VAULT, 7)


@ENTRIES
def test_entry_comment_is_frozen(identity: Identity, comment: str) -> None:
    assert write_entry_comment(identity) == comment.encode()


@ENTRIES
def test_entry_comment_is_read_back(identity: Identity, comment: str) -> None:
    assert read_entry_comment(comment.encode()) == identity


def test_fields_added_by_a_later_writer_of_this_version_are_passed_over() -> None:
    added = b'{"schema_version": 1, "crc32": "0000000A", "keyed": true}'

    assert read_entry_comment(added) == Identity(crc32="0000000A")
    assert read_commit_marker(MARKER_COMMENT[:-1] + b', "more": []}') == CommitMarker(VAULT, 7)


@pytest.mark.parametrize(
    "comment",
    [
        pytest.param(b"", id="none"),
        pytest.param(b"made elsewhere", id="text"),
        pytest.param(b"\xff\xfe", id="not-utf8"),
        pytest.param(b"[1, 2]", id="list"),
        pytest.param(b'{"author": "somebody"}', id="other-object"),
        pytest.param(b"7", id="number"),
        pytest.param(b"[" * 65535, id="deeply-nested"),
    ],
)
def test_comment_of_another_tool_is_foreign_on_an_entry_and_refused_on_sentinel_and_archive(comment: bytes) -> None:
    assert read_entry_comment(comment) is None
    with pytest.raises(FormatError, match="the vault's sentinel"):
        read_sentinel_comment(comment)
    with pytest.raises(FormatError, match="the archive's comment"):
        read_commit_marker(comment)


@pytest.mark.parametrize(
    "comment",
    [
        pytest.param(b'{"schema_version": 1}', id="nothing-else"),
        pytest.param(b'{"schema_version": "1", "crc32": "0000000A"}', id="version-as-text"),
        pytest.param(b'{"schema_version": true, "crc32": "0000000A"}', id="version-as-bool"),
        pytest.param(b'{"schema_version": 0, "crc32": "0000000A"}', id="version-zero"),
        pytest.param(b'{"schema_version": 1, "crc32": 10}', id="checksum-as-number"),
    ],
)
def test_damaged_entry_comment_is_refused(comment: bytes) -> None:
    with pytest.raises(FormatError, match="an entry's comment"):
        read_entry_comment(comment)


def test_sentinel_without_an_id_is_refused() -> None:
    with pytest.raises(FormatError, match="the vault's sentinel is damaged"):
        read_sentinel_comment(b'{"schema_version": 1}')


@pytest.mark.parametrize(
    "read", [read_sentinel_comment, read_commit_marker, read_entry_comment], ids=["sentinel", "marker", "entry"]
)
def test_newer_version_is_refused_with_what_to_do(read: object) -> None:
    assert callable(read)
    with pytest.raises(NewerFormat, match=r"has version 2.*reads up to 1.*pip install --upgrade vaultcheck"):
        read(b'{"schema_version": 2}')


@pytest.mark.parametrize(
    ("name", "reserved"),
    [
        pytest.param(".vault/vault", True, id="sentinel"),
        pytest.param(".vault/objects/a.json", True, id="sidecar"),
        pytest.param(".vault", True, id="folder"),
        pytest.param(".VAULT/x", True, id="upper-case"),
        pytest.param(".vaults/x", False, id="longer-name"),
        pytest.param("a/.vault/x", False, id="deeper"),
        pytest.param("vault", False, id="no-dot"),
    ],
)
def test_reserved_names(name: str, reserved: bool) -> None:
    assert is_reserved(name) is reserved


@pytest.mark.parametrize(
    ("path", "stored"),
    [
        pytest.param("a/x", "a/x", id="itself"),
        pytest.param("a/x", "a/y", id="sibling"),
        pytest.param("a/x", "b/x", id="same-name-elsewhere"),
        pytest.param("a", "ab/x", id="prefix-of-a-folder"),
        pytest.param("a/x", "a/xy", id="prefix-of-a-file"),
        pytest.param("a.json", "a", id="named-like-a-sidecar"),
        pytest.param("a/b.csv/c", "a/b", id="folder-with-another-ending"),
    ],
)
def test_neighbours_that_can_be_extracted_together(path: str, stored: str) -> None:
    check_neighbours({path}, {stored})
    check_neighbours({stored}, {path})


@pytest.mark.parametrize(
    ("path", "stored", "reason"),
    [
        pytest.param("A/x", "a/x", "differs only in case", id="folder-case"),
        pytest.param("a/X", "a/x", "differs only in case", id="name-case"),
        pytest.param("stra\u00dfe", "STRASSE", "differs only in case", id="sharp-s"),
        pytest.param("a", "a/x", "where the other is a file", id="file-over-folder"),
        pytest.param("a/x", "a/x/y/z", "where the other is a file", id="deep-folder"),
        pytest.param("A", "a/x", "where the other is a file", id="file-over-folder-in-other-case"),
        pytest.param("a.json/b", "a", "where the other is a file", id="folder-over-a-sidecar"),
    ],
)
def test_neighbours_that_cannot_be_extracted_together(path: str, stored: str, reason: str) -> None:
    for one, other in [(path, stored), (stored, path)]:
        with pytest.raises(ArchiveError, match=reason) as caught:
            check_neighbours({one}, {"b/other", other})
        assert repr(one) in str(caught.value)
        assert repr(other) in str(caught.value)
    with pytest.raises(ArchiveError, match=reason):
        check_neighbours({path, stored}, {"b/other"})


def test_neighbours_that_another_tool_has_put_side_by_side_hinder_nobody() -> None:
    check_neighbours({"m/new"}, {"a", "A", "a/x"})
