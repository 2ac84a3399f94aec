"""Small tables, as text and as HTML."""

from __future__ import annotations

from vault_magic.table import Table


def test_columns_are_aligned() -> None:
    table = Table(("object", "n"), (("a/long/name", "1"), ("b", "22")))
    assert table.to_text() == "object       n\na/long/name  1\nb            22"


def test_note_stands_below_the_rows_or_alone() -> None:
    assert Table(("a",), (("1",),), note="All.").to_text() == "a\n1\nAll."
    assert Table(("a",), note="None.").to_text() == "None."
    assert Table(("a",), note="None.").to_html() == "<p>None.</p>"


def test_html_escapes_everything() -> None:
    html = Table(("<i>",), (("<script>alert('x')</script>",),), note="a & b").to_html()
    assert html == (
        '<table><thead><tr><th style="text-align: left">&lt;i&gt;</th></tr></thead><tbody><tr>'
        '<td style="text-align: left">&lt;script&gt;alert(&#x27;x&#x27;)&lt;/script&gt;</td>'
        "</tr></tbody></table><p>a &amp; b</p>"
    )


def test_numbers_are_to_the_right() -> None:
    html = Table(("bytes", "crc32"), (("12", "00000012"),)).to_html()
    assert '<td style="text-align: right">12</td><td style="text-align: left">00000012</td>' in html


def test_what_would_steer_a_terminal_is_written_out() -> None:
    table = Table(("a",), (("\x1b[31mred\n\u202e\u017c",),))
    assert table.to_text() == "a\n\\x1b[31mred\\n\\u202e\u017c"
    assert ">\\x1b[31mred\\n\\u202e\u017c</td>" in table.to_html()
