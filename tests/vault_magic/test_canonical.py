"""Tests of what the canonical form sees and what it does not, and of its being the same on every Python."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vault_magic.canonical import VERSION, canonical_code, canonical_form
from vault_magic.masking import parse_cell

SAME = [
    pytest.param("x=1", "x = 1", id="spaces"),
    pytest.param("x = 1", "\n\nx = 1  # one\n\n", id="comments-and-blank-lines"),
    pytest.param("x = 1\r\ny = 2", "x = 1\ny = 2\n", id="line-ends"),
    pytest.param("x = 'a'", 'x = """a"""', id="quotes"),
    pytest.param("x = U'a' + R'b'", "x = u'a' + r'b'", id="string-prefixes"),
    pytest.param("x = u'a'", "x = 'a'", id="unicode-prefix"),
    pytest.param("x = 'a' 'b'", "x = 'ab'", id="joined-strings"),
    pytest.param("x = f'a{b}' 'c' ''", "x = f'a{b}c'", id="joined-f-strings"),
    pytest.param("x = 0XFF + 1E5 + 1_0", "x = 0xff + 1e5 + 10", id="numbers"),
    pytest.param("f(a, b)", "f(\n    a,\n    b,\n)", id="trailing-comma"),
    pytest.param("x = ((a + b))", "x = a + b", id="parentheses"),
    pytest.param("x = 1; y = 2", "x = 1\ny = 2", id="semicolon"),
    pytest.param("if x:\n  y", "if x:\n    y", id="indentation"),
    pytest.param("  x = 1", "x = 1", id="shared-indentation"),
    pytest.param("x = a + \\\n b", "x = (a +\n b)", id="backslash"),
    pytest.param("del (a, b)", "del a, b", id="del-parentheses"),
    pytest.param("'''  Doc.\n      more \n  '''", "'''Doc.\n\tmore'''", id="docstring-of-module"),
    pytest.param("def f():\n '''A.\n b'''", "def f():\n    '''A.\n    b\n    '''", id="docstring-of-function"),
    pytest.param("async def f(): ' Doc. '", "async def f(): 'Doc.'", id="docstring-of-coroutine"),
    pytest.param("class A: ' Doc. '", "class A: 'Doc.'", id="docstring-of-class"),
    pytest.param("import b\nimport a", "import a\nimport b", id="imports-sorted"),
    pytest.param("import b, a", "import a\nimport b", id="imports-split"),
    pytest.param("from a import c\nfrom a import b", "from a import (b, c)", id="imports-merged"),
    pytest.param("import a\nimport a", "import a", id="imports-repeated"),
    pytest.param("import a\nfrom b import c\nx", "from b import c\nimport a\n\nx", id="imports-of-both-kinds"),
    pytest.param("if x:\n  import b\n  import a", "if x:\n  import a\n  import b", id="imports-in-a-block"),
    pytest.param("%vault store x in a\ny=1", "%vault store x in a  \n\ny = 1", id="magic-with-code"),
    pytest.param("%vault store x, \\\n  y\nz", "%vault store x,    y\nz", id="magic-continued"),
    pytest.param("x=%time f( )", "x = %time f( )", id="magic-assigned"),
    pytest.param("x \\\n= %a", "x = %a", id="magic-assigned-over-lines"),
    pytest.param("for i in y:\n  %a\n  !b", "for i in y:\n    # c\n    %a\n\n    !b", id="magic-indented"),
    pytest.param("%%time  \nx=1", "\n%%time\nx = 1", id="cell-magic-with-code"),
    pytest.param("await x", "(await x)", id="top-level-await"),
    pytest.param("%%bash\nls\n", "%%bash\r\nls", id="other-language"),
    pytest.param("x = =", "x = =\n\n", id="invalid"),
    pytest.param("# a", "", id="nothing"),
]
DIFFERENT = [
    pytest.param("x = 1", "x = 2", id="constant"),
    pytest.param("x = 1", "x = True", id="type-of-constant"),
    pytest.param("x = 1", "x = 1.0", id="int-and-float"),
    pytest.param("x = 1.0", "x = 1j", id="float-and-complex"),
    pytest.param("x = 'a'", "x = b'a'", id="text-and-bytes"),
    pytest.param("x = 'None'", "x = None", id="text-and-none"),
    pytest.param("x = ...", "x = None", id="ellipsis-and-none"),
    pytest.param("x = '\\n'", "x = '\\r'", id="escape"),
    pytest.param("x = ' a'", "x = 'a'", id="space-in-text"),
    pytest.param("x = 1\n' a'", "x = 1\n'a'", id="space-in-text-that-is-no-docstring"),
    pytest.param("'a'", "'b'", id="docstring"),
    pytest.param("'a\\n\\nb'", "'a\\nb'", id="blank-line-in-docstring"),
    pytest.param("x = 1", "y = 1", id="name"),
    pytest.param("x.a", "x.b", id="attribute"),
    pytest.param("f(a=1)", "f(b=1)", id="keyword"),
    pytest.param("x + y", "x - y", id="operator"),
    pytest.param("x + (y + z)", "(x + y) + z", id="grouping"),
    pytest.param("(x, y)", "[x, y]", id="tuple-and-list"),
    pytest.param("x = 1\ny = 2", "y = 2\nx = 1", id="order"),
    pytest.param("if x:\n  y\nz", "if x:\n  y\n  z", id="indentation"),
    pytest.param("if x:\n  y\nelse:\n  z", "if x:\n  y\nz", id="else"),
    pytest.param("def f(a, /): 0", "def f(a): 0", id="positional-only"),
    pytest.param("def f(*, a, b=1): 0", "def f(*, a=1, b): 0", id="default-of-keyword-only"),
    pytest.param("{**a, b: c}", "{b: c, **a}", id="dict-unpacking"),
    pytest.param("f'{x}'", "f'{x!r}'", id="conversion"),
    pytest.param("f'{x:5}'", "f'{x:6}'", id="format"),
    pytest.param("f'{x}a'", "f'a{x}'", id="order-in-f-string"),
    pytest.param("del (a, b), c", "del a, b, c", id="del-of-several"),
    pytest.param("import a\nx\nimport b", "import a\nimport b\nx", id="import-moved-across-statement"),
    pytest.param("import a\n%b\nimport c", "import a\nimport c\n%b", id="import-moved-across-magic"),
    pytest.param("import a", "import a as b", id="import-renamed"),
    pytest.param("import a", "import a as a", id="import-alias"),
    pytest.param("from a import b", "from .a import b", id="import-level"),
    pytest.param("from a import b", "from b import a", id="import-origin"),
    pytest.param("from a import b", "import a.b", id="import-kind"),
    pytest.param("%vault store x in a", "%vault store x in b", id="magic"),
    pytest.param("%vault store x in a", "%vault store  x in a", id="space-in-magic"),
    pytest.param("%vault store x in a", "# %vault store x in a", id="magic-commented-out"),
    pytest.param("%vault store x in a", "'%vault store x in a'", id="magic-in-string"),
    pytest.param("%a\n%b", "%b\n%a", id="magic-order"),
    pytest.param("%ls", "!ls", id="magic-and-shell"),
    pytest.param("!ls", "!!ls", id="shell-captured"),
    pytest.param("x = %a", "y = %a", id="magic-target"),
    pytest.param("x = %a", "%a", id="magic-assigned"),
    pytest.param("%a\nif x:\n  y", "if x:\n  y\n  %a", id="magic-moved"),
    pytest.param("%a", "_rewritten_0", id="magic-and-its-name"),
    pytest.param("%a\n_rewritten_0", "_rewritten_0\n%a", id="magic-beside-its-name"),
    pytest.param("%a\n_\uff52ewritten_0", "_\uff52ewritten_0\n%a", id="magic-beside-its-wide-name"),
    pytest.param("%%time\nx", "x", id="cell-magic"),
    pytest.param("%%time\nx", "%%capture\nx", id="cell-magic-name"),
    pytest.param("%%time\nx", "%%time y\nx", id="cell-magic-line"),
    pytest.param("%%capture\n%%time\nx", "%%capture\nx", id="second-cell-magic"),
    pytest.param("%%bash\nls", "%%bash\nls  -l", id="other-language"),
    pytest.param("x = = 1", "x = = 2", id="invalid"),
    pytest.param("x = = 1", "x  = = 1", id="layout-of-invalid"),
]


@pytest.mark.parametrize(("before", "after"), SAME)
def test_layout_leaves_the_form(before: str, after: str) -> None:
    assert canonical_code(before) == canonical_code(after)


@pytest.mark.parametrize(("before", "after"), DIFFERENT)
def test_edit_changes_the_form(before: str, after: str) -> None:
    assert canonical_code(before) != canonical_code(after)


# What version 1 of the form gives on every Python. A digest that changes here also changes in everybody's notebooks.
GOLDEN = [
    pytest.param("", "529e04efdb90a256bfeb9ab8db656b8afe3bba20cd576600acbd9e4c460c561a", id="empty"),
    pytest.param(
        "%vault store df in x\nx = %time f(y)\nif x:\n    !ls -l\ndf?\n",
        "649c68540abf2ed176769d0ca0c8107be0f5525b799a9abb578be6971b86bc7a",
        id="magics",
    ),
    pytest.param(
        "%%time -n 1\nx = 1", "38ab2a010dc1a97e648892402819820f0efe63509f4b490652fb71e4d3a53e89", id="cell-magic"
    ),
    pytest.param("%%bash\nls", "0073913c675b83e046a6c72c85529038973d707c114281f3a3837b1380eaf860", id="bash"),
    pytest.param("x = = 1\n", "44de021c7f891e8f567e673f46007859bf7c27aa837872f54a6897aade31d826", id="invalid"),
    pytest.param("f'a{b}c'", "9545e003a63f328f7b3cd0910c5c817ae6bd16e733d8428d69448e7079c35611", id="f-string"),
    pytest.param(
        "f'{a:{b}.{c}}' f\"{x!r:>{y}} {{z}}\" 'tail'",
        "77bfaf8061457ada019c08b075164e6403f71836825ae9477d408dbb79848088",
        id="f-string-nested",
    ),
    pytest.param(
        "f'{x = !s:^10}{ y=}'", "d5f1c0f377407dcf57bf14538d2d573491706fb751d8aa72e47e588d59c07a63", id="f-string-debug"
    ),
    pytest.param(
        "f'' '' f'{a}' f''", "8dc91f5ed715a4aaad751faa56b87ebe1920635d9cabb2ee5b5a55419357dae8", id="f-string-empty"
    ),
    pytest.param(
        "f'''\n{a}\n  {b:\n}\n'''",
        "40842be0d5c6b134b9aee3a801554efc233c5d1ea5df9ccb63222ec09ae1b6dc",
        id="f-string-lines",
    ),
    pytest.param(
        "f'\\x41\\n{a:\\x42}\\N{BULLET}' rf'\\d{a:\\d}'",
        "c8c7440fa99ab2fc8bb5b627c804e3bb34cedda5b3bf142adeca4263e72f4978",
        id="f-string-escapes",
    ),
    pytest.param(
        "f'{a:}'", "2dd8ed0f4ee3b3e50436a2920480e6bb7cdf296fb90788fe6ab3168ad74e621b", id="f-string-empty-spec"
    ),
    pytest.param(
        "f'{now:%Y-%m-%d}' f'{ {1: 2}[1] }' f'{(lambda: 1)()}'",
        "bed0d35359890537be946156d3014405e1309255586d4e195da5ff606e1e7d76",
        id="f-string-date",
    ),
    pytest.param(
        "if (n := len(a)) > 1 and not n: print(n)",
        "ed5db26df90cf39d176b7d24d6f5a2336006b8cb469909a7902be4a1ce1d7db1",
        id="walrus",
    ),
    pytest.param(
        "match a:\n    case [1, *rest] if rest: pass\n    case {'k': v, **kw} | None: pass\n"
        "    case P(x=0, y=-1j) as p: pass\n    case 'a' | b'b' | True | _: pass",
        "e8da305eaa9d65db58ace8401cfb88082d9c1c0a1311c37de207b118de9dec7a",
        id="match",
    ),
    pytest.param(
        "x: int = 1\n(y): list[int]\ndef f(a: int, /, b: str = 'x', *args: *Ts, c=1, **k: int) -> 'X | None': ...",
        "5b6c588a2d6d98826779491a7f8eada6a1bb323c980382fdf3e08bbc372030f1",
        id="hints",
    ),
    pytest.param(
        "@a\n@b.c(1)\nclass A(B, metaclass=C):\n    'doc'\n    x: int\n    def f(self): return self.x",
        "e25f0100612d61c1196fa17fabf63e4b22d7ef0b2df4799bbd5cff6a8d047356",
        id="decorators",
    ),
    pytest.param(
        "async def f():\n    async with a as b, c: pass\n    async for i in x: yield i\n"
        "    else: return\n    return [j async for j in y if await j]",
        "772572a5d9fd6b81d042be9775f4a052ffa4f52d910814b78c999d121e25d664",
        id="async",
    ),
    pytest.param(
        "await a\n[x async for x in y]\nasync with a: pass",
        "39f44168ba85a52ca53f71a18f72416a28f2b81fb23ec94fab728940ae2c42f1",
        id="await",
    ),
    pytest.param(
        "a, *b = *c, 1\nf(*a, **b)\n[*a, *b]\n{**a, 'b': 1}\nfor x in *a, *b: pass",
        "490aec202e4ae68362df0ac11415780566beacdda91c15f0f58f76247194d1d3",
        id="starred",
    ),
    pytest.param(
        "a[*b]\na[1, *b]\ndef f(*args: *tuple[int, ...]): pass",
        "9d53475daea2075e627600c05cf7236d095bbf3843c8c8c188a7d3d172639e67",
        id="pep646",
    ),
    pytest.param(
        "0xFF + 0b101 + 0o17 + 1_000 + -5 + 0\n0x" + "f" * 5000,
        "abc351fcaa3f26727006bf4ae883903a6ebcd820f80f7bf220ea3c57772865e4",
        id="ints",
    ),
    pytest.param(
        "1.5 + 1e999 + .1 + 1e-320 + 0.0 + 2j + 1.5j",
        "4e0ddca68fb51287de54d021794a8468f1261a890cdbb95de75259c979987467",
        id="floats",
    ),
    pytest.param(
        "'a' \"b\" '''c\n''' r'\\d' u'e' '\\u00e9\xe9\\ud800' ''",
        "f07b1ab54957ec5f3c07c53b7d72690816cbb7bd5b03b9d92692dcd5a4833e98",
        id="strings",
    ),
    pytest.param(
        "b'a\\x00' rb'\\d' b''", "a4bc0ed07115c8b74e25583fc2929828aae67d71c1aadd57b5e563055bdc38e7", id="bytes"
    ),
    pytest.param(
        "(None, True, False, ..., 1, 1.0, '1', b'1')",
        "0586039dac96b66862c7af201578e6f7b1d0caea82837f6281934274f14fc954",
        id="constants",
    ),
    pytest.param(
        "lambda x, /, y=1, *z, k, **kw: (yield)",
        "74aae4df0768b52467a11367b8ebaa1de7658e4590f4360946ac7fd44a660043",
        id="lambda",
    ),
    pytest.param(
        "def f():\n    global a, b\n    def g():\n        nonlocal c\n    del a, b[0], c.d",
        "1d96b00260ca15cf38c8acd16e602268ba3465ed77da6ba94af87bf8957062b6",
        id="global",
    ),
    pytest.param(
        "try:\n    a\nexcept (A, B) as e:\n    raise C from e\nexcept:\n    raise\nelse: b\nfinally: c",
        "857d2d2d0ba7cba4a633e11b48b8cd4812ddb18623550641178e53726624e1a7",
        id="try",
    ),
    pytest.param(
        "try:\n    a\nexcept* A as e:\n    b",
        "a2089b1242ee37625f981d857e5bd8e03c2409938fee8e0224c0bb4434eff6cd",
        id="try-star",
    ),
    pytest.param(
        "[x for x in y if x if z for w in x]\n{a: b for a, b in c}\n{a for a in b}\n(a for a in b)",
        "cef24606cd76cf9812c6b229f754d98271f3b94883ba7d8b605e810e6cdb7d0b",
        id="comprehension",
    ),
    pytest.param(
        "a[1:2, ::3, ...]\na[:]\na[b:=1]\na[1,]",
        "59f500162fc99f855a1672d0951248010513c04ecf4bc32be15f44da532d33fc",
        id="slices",
    ),
    pytest.param(
        "a @ b // c ** -d % e << f >> g & h | i ^ ~j\na <= b < c != d is not e not in f in g is h == i >= j > k\n"
        "not a or b and c",
        "5802181ac2d159f358b159e168b5d8209ad290b68a2674579503f158a543120d",
        id="operators",
    ),
    pytest.param(
        "a += 1; a -= 1; a *= 1; a /= 1; a //= 1; a %= 1; a **= 1; a @= 1; a &= 1; a |= 1; a ^= 1; a <<= 1; a >>= 1",
        "3749ebc8ab5c0e1a9dec57c01e503102b87dda9a1622d187b8f143056cfb43cf",
        id="augmented",
    ),
    pytest.param(
        "for a, (b, c) in d:\n    continue\nelse:\n    break_ = 1\nwhile True:\n    break\nelse: pass",
        "7b9a49d88724ba46b81674c0a3e545619d0bf8c77053dd61dd64b43abdda9e76",
        id="loops",
    ),
    pytest.param(
        "with (open(a) as b, c as (d, e), f): pass\nwith (a): pass\nwith (a, b): pass",
        "9610a3bc9f531ed0d7a2ef7eee8a265668894d04639245da3576fa47fca3100f",
        id="with",
    ),
    pytest.param(
        "from __future__ import annotations\nimport os, a.b as c\n"
        "from .. import d\nfrom .e import *\nfrom f import (g as h, i)\nx\nimport j",
        "e5f91172a8e04532f967bcd6418568cb0895e79d30913361e71795a4a54675e7",
        id="imports",
    ),
    pytest.param(
        "'''  Module\n   doc.  \n'''\ndef f():\n    '''Doc\n"
        "\n        deeper\n    '''\nasync def g(): 'x '\nclass A: ' y'",
        "39d7ee889c3401ffe05b63cdb8310e6a044364c18d7e9fba3896a8d9c24bf114",
        id="docstrings",
    ),
    pytest.param(
        "a if b else c\nassert a, b\nreturn_ = yield_ = (a, b)\nx = a[b].c(d=e)(f)",
        "aba38807fa54f02d954ca34eb1fab1c8bdea88907d89bd7153cb039fe0a0fea2",
        id="ternary",
    ),
    pytest.param(
        "def f():\n    x = yield\n    y = yield a, b\n    yield from c\n    return",
        "c14576afdf4a100b7867b5f3ece21b987dc354043772b66169149074e504760e",
        id="yield",
    ),
    pytest.param(
        "\uff21 = \xe9 = \xaab\nclass_ = _ = __x",
        "e42100c92a6af6d0bfaef5c8914f38341c499dc6df6bf8f567257d58787201a3",
        id="names",
    ),
    pytest.param(
        "x = '\u2028 \U0001f600'  # \u2028 c",
        "cbf7027dd3823d731d7b6dd8cedd6a7dde96a4e5c610d89ed0df49742b2bf848",
        id="unicode",
    ),
    pytest.param(
        "'\\d'\n1if x else 2", "12cc713adeb8bcb5b33ac0f3b40bd6021d070285a7dde31e276188f82c2d4f19", id="invalid-escape"
    ),
    pytest.param(
        "x = 1 + \\\n    2; y = (3,\n 4)",
        "6d0ca83ed8d6e48b63aed97440448bbe01ad91d06420b77821ee819e99020419",
        id="continuation",
    ),
    pytest.param(
        "x = []  # type: list[int]\nfor a in b:  # type: int\n    pass  # type: ignore",
        "dddd0bb0346b57bb90ffebb6ae05de4c8187864700a523d4d6e67435603cdcf7",
        id="type-comments",
    ),
]


@pytest.mark.parametrize(("source", "digest"), GOLDEN)
def test_form_is_the_same_on_every_python(source: str, digest: str) -> None:
    assert hashlib.sha256(canonical_code(source)).hexdigest() == digest


def test_golden_forms_are_all_different() -> None:
    assert len({param.values[1] for param in GOLDEN}) == len(GOLDEN)


def test_form_names_its_version() -> None:
    assert canonical_code("x").startswith(b"%d " % VERSION)


UNFORMATTED = [
    "from a import c\nfrom a import b\nimport sys, os\nfrom . import x\nfrom __future__ import division\nimport os\nf",
    "import b\n%matplotlib inline\nimport c\nimport a\nif x :\n  import z, y",
    "def f( a,b=0XAB ):\n  '''  Doc.\n\n     more  \n  end'''\n  return( a )\nclass A( ):\n\t''' Doc '''\n\tx : int=1",
    "del ( a,b )\ndel (c)\nfor (x) in (1,2,3): print ( (x) )\nwith ( open(a) as b ): pass\nassert ( x )",
    "x = 'it' \"'\" 'b'\ny = F'{x !r:>5}' f\"{x}\"\nz = U'a' + B'b' + 1E5 + 1_0J",
    "%vault store x in a   \nx=%time f( y )\n!ls  -l\nfor i in x :\n  %vault store i in b",
    "x = a if b else c ; y = lambda  a,*b : ( a )\nz = not ( a in b ) ; w = a[ 1 :2, : ] ; v = a ** - b\nprint(x) ;",
    "async def f():\n  async with a as b,c as d: return await( x )\nawait x\nmatch ( a ):\n  case ( 1 ): pass",
    "%%time\nx=1\nimport b, a",
    "df [ 'a' ] = df.b .sum( ).mean( axis = 1 ).a_long_name( 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' , bbbbbbbbbbbbbbb )",
]


def _save_notebook(path: Path, sources: list[str]) -> None:
    cells: list[dict[str, object]] = [
        {
            "cell_type": "code",
            "execution_count": None,
            "id": f"c{index}",
            "metadata": {},
            "outputs": [],
            "source": source,
        }
        for index, source in enumerate(sources)
    ]
    path.write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}), encoding="utf-8")


def _load_sources(path: Path) -> list[str]:
    return ["".join(cell["source"]) for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]]


@pytest.mark.parametrize(
    "command",
    [pytest.param(["format"], id="format"), pytest.param(["check", "--select=I", "--fix"], id="sort-imports")],
)
def test_ruff_leaves_the_form(tmp_path: Path, command: list[str]) -> None:
    notebook = tmp_path / "unformatted.ipynb"
    _save_notebook(notebook, UNFORMATTED)
    subprocess.run([sys.executable, "-m", "ruff", *command, "--isolated", "--no-cache", str(notebook)], check=True)
    formatted = _load_sources(notebook)
    assert formatted != UNFORMATTED
    assert [canonical_code(source) for source in formatted] == [canonical_code(source) for source in UNFORMATTED]


def test_unformatted_cells_are_read_as_code() -> None:
    assert all(canonical_code(source).startswith(b"1 tree ") for source in UNFORMATTED)


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("-" * 100_000 + "1", id="unary"),
        pytest.param("a" + ".b" * 100_000, id="attributes"),
        pytest.param("f" + "()" * 1_100, id="deeper-than-allowed"),
        pytest.param("(" * 100_000, id="brackets"),
        pytest.param("if a:\n b\n" + "elif a:\n b\n" * 20_000 + "c", id="elif"),
        pytest.param("a\0b", id="nul"),
        pytest.param("x = '\ud800'", id="lone-surrogate"),
        pytest.param("%a\n  %b", id="indentation"),
        pytest.param("x = %a\n\\", id="ends-in-backslash"),
        pytest.param("f(x) = %a", id="target-that-cannot-be"),
        pytest.param("%%time\n%%bash\nls", id="other-language-below-code"),
        pytest.param("f'''{'''\n%a\n'''}'''", id="a-string-in-a-string-only-to-newer-pythons"),
    ],
)
def test_what_python_cannot_read_stays_text(source: str) -> None:
    assert canonical_code(source) == b"1 raw " + source.encode("utf-8", "surrogatepass")


@pytest.mark.parametrize(
    ("before", "middle", "behind"),
    [
        pytest.param("-", "1", "", id="unary"),
        pytest.param("", "a", ".b", id="attributes"),
        pytest.param("", "f", "()", id="calls"),
        pytest.param("-", "f''", "", id="empty-f-string"),
    ],
)
def test_tree_is_read_down_to_the_same_depth(before: str, middle: str, behind: str) -> None:
    forms = [canonical_code(before * depth + middle + behind * depth) for depth in (998, 999)]
    assert [form[:6] for form in forms] == [b"1 tree", b"1 raw "]


def test_form_can_be_taken_twice() -> None:
    cell = parse_cell("def f():\n    '  Doc.'\nf'a{b}' 'c'\ndel (x, y)")
    assert canonical_form(cell) == canonical_form(cell) == canonical_code(cell.source)


@pytest.mark.parametrize("action", ["error", "always"])
def test_warnings_of_the_parser_do_not_leak(action: Literal["error", "always"]) -> None:
    source = "x = '\\d'\nif 1is x: y"
    with warnings.catch_warnings(record=True) as shown:
        warnings.simplefilter(action)
        assert canonical_code(source).startswith(b"1 tree ")
    assert shown == []


_CODE = st.lists(
    st.sampled_from(
        [
            "x = 1",
            "%a b",
            "y = %c",
            "!d",
            "z?",
            "if x:\n",
            "    ",
            "(",
            ")",
            "'",
            '"""',
            "f'{a}'",
            "\\",
            "\n",
            "\n",
            "%%time\n",
        ]
    ),
    max_size=12,
).map("".join)


@given(st.one_of(st.text(), _CODE))
@settings(max_examples=500, deadline=None)
def test_any_text_has_a_form(source: str) -> None:
    text = source.replace("\r", "")
    assert canonical_code(text) == canonical_code(text.replace("\n", "\r\n"))
