"""Tests of what a cell is read to do to names, against a table and against what small programs really do."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import asdict

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.vault_magic.programs import START, Outcome, programs, run_program
from vault_magic.names import CellNames, read_names


def expect(
    uses: str = "",
    defines: str = "",
    *,
    may: str = "",
    deletes: str = "",
    mutates: str = "",
    may_mutate: str = "",
    bodies: Mapping[str, str] | None = None,
    aliases: str = "",
    opaque: bool = False,
) -> CellNames:
    """Build what is expected, from names with spaces between; an alias is written `b=a`."""
    return CellNames(
        uses=frozenset(uses.split()),
        defines=frozenset(defines.split()),
        may_define=frozenset(may.split()),
        deletes=frozenset(deletes.split()),
        mutates=frozenset(mutates.split()),
        may_mutate=frozenset(may_mutate.split()),
        bodies={name: frozenset(read.split()) for name, read in (bodies or {}).items()},
        aliases=frozenset((pair.split("=")[0], pair.split("=")[1]) for pair in aliases.split()),
        is_opaque=opaque,
    )


OPAQUE = expect(opaque=True)

BINDING = [
    pytest.param("", expect(), id="empty"),
    pytest.param("# only a comment", expect(), id="comment"),
    pytest.param("x = 1", expect("", "x"), id="assignment"),
    pytest.param("x = y + z", expect("y z", "x"), id="operands"),
    pytest.param("x = y = 1", expect("", "x y"), id="two-targets"),
    pytest.param("x, (y, *z) = f()", expect("f", "x y z"), id="unpacking"),
    pytest.param("x = 1\ny = x", expect("", "x y", aliases="y=x"), id="bound-above"),
    pytest.param("y = x\nx = 1", expect("x", "x y", aliases="y=x"), id="bound-below"),
    pytest.param("x = x + 1", expect("x", "x"), id="from-itself"),
    pytest.param("x += 1", expect("x", "x", mutates="x"), id="augmented"),
    pytest.param("x: int = 1", expect("int", "x"), id="annotated"),
    pytest.param("x: T", expect("T"), id="annotation-alone"),
    pytest.param("from __future__ import annotations\nx: T = 1", expect("", "x annotations"), id="annotation-as-text"),
    pytest.param("import os, numpy as np", expect("", "os np"), id="import"),
    pytest.param("import a.b.c", expect("", "a"), id="import-nested"),
    pytest.param("import a.b as c", expect("", "c"), id="import-nested-as"),
    pytest.param("from a import b, c as d", expect("", "b d"), id="import-from"),
    pytest.param("del x", expect("x", deletes="x"), id="del"),
    pytest.param("del x, (y, z)", expect("x y z", deletes="x y z"), id="del-several"),
    pytest.param("x = 1\ndel x", expect(deletes="x"), id="del-of-own"),
    pytest.param("del x\nx = 1", expect("x", "x"), id="bound-after-del"),
    pytest.param("x = 1\nif y:\n  del x", expect("y", may="x"), id="del-in-branch"),
    pytest.param("(x := 1)", expect("", "x"), id="walrus"),
    pytest.param("(x := x + 1)", expect("x", "x"), id="walrus-from-itself"),
    pytest.param("if (x := f()) > 1: pass\nx", expect("f", "x"), id="walrus-in-condition"),
    pytest.param("if y and (x := f()): x.a", expect("y f", may="x"), id="walrus-behind-and"),
    pytest.param("z = y or (x := 1)\nx", expect("y x", "z", may="x", aliases="z=y z=x"), id="walrus-behind-or"),
    pytest.param("z = 1 if y else (x := 2)", expect("y", "z", may="x", aliases="z=x"), id="walrus-in-choice"),
    pytest.param("z = [w := x for x in y]\nw", expect("y w", "z", may="w", aliases="w=y"), id="walrus-in-items"),
    pytest.param("[x for x in y if x > z]", expect("y z"), id="comprehension"),
    pytest.param("[x for x in x]", expect("x"), id="comprehension-over-its-own-name"),
    pytest.param("{k: a for k, v in d.items() for a in v}", expect("d"), id="comprehension-of-two"),
    pytest.param("sum(x for x in y)", expect("sum y"), id="generator-run-at-once"),
    pytest.param("f'{x!r:>{w}}'", expect("x w"), id="f-string"),
    pytest.param("await f(x)", expect("f x", may_mutate="x"), id="await"),
    pytest.param("x[a:b, c]", expect("x a b c"), id="slice"),
    pytest.param("get_ipython()", expect("get_ipython"), id="builtins-count"),
]
PATHS = [
    pytest.param("if a: x = 1", expect("a", may="x"), id="if"),
    pytest.param("if a: x = 1\nelse: x = 2\nx", expect("a", "x"), id="if-and-else"),
    pytest.param("if a: x = 1\nelse: y = 2", expect("a", may="x y"), id="if-or-else"),
    pytest.param("if a: x = 1\nelif b: x = 2\nx", expect("a b x", may="x"), id="elif-without-else"),
    pytest.param("if a: x = 1\nelif b: x = 2\nelse: x = 3", expect("a b", "x"), id="elif-and-else"),
    pytest.param("if a: x = 1\nelse: raise E\nx", expect("a E", "x"), id="other-path-raises"),
    pytest.param("if __name__ == '__main__': x = 1", expect("__name__", "x"), id="main"),
    pytest.param("if False: x = y\nelse: z = 1", expect("", "z"), id="never-run"),
    pytest.param("if 1: x = y\nelse: z = w", expect("y", "x", aliases="x=y"), id="always-run"),
    pytest.param("for x in y: z = x\nz", expect("y z", may="x z", aliases="x=y z=x"), id="for"),
    pytest.param(
        "for x in y:\n  if a: z = 1\n  else: continue\n  z", expect("y a", may="x z", aliases="x=y"), id="continue"
    ),
    pytest.param("z = 1\nfor x in y: del z", expect("y", may="x z", aliases="x=y"), id="del-in-loop"),
    pytest.param("z = 1\nfor x in y: z = 2\nz", expect("y", "z", may="x", aliases="x=y"), id="bound-again-in-loop"),
    pytest.param("z = 1\nfor x in y:\n  del z\n  break", expect("y", may="x z", aliases="x=y"), id="del-before-break"),
    pytest.param("while f(): x = 1", expect("f", may="x"), id="while"),
    pytest.param("for x in y: pass\nelse: z = 1", expect("y", may="x z", aliases="x=y"), id="for-else"),
    pytest.param("try: x = f()\nexcept E: x = 1\nx", expect("f E", "x"), id="try-and-handler"),
    pytest.param("try: x = f()\nexcept E: pass\nx", expect("f E x", may="x"), id="try-or-handler"),
    pytest.param("try: x = f()\nexcept E: raise\nx", expect("f E", "x"), id="handler-raises"),
    pytest.param(
        "try: x = f()\nexcept E as e: print(x, e)", expect("f E print x", may="x e"), id="bound-perhaps-in-try"
    ),
    pytest.param("try: import a\nexcept ImportError: a = None", expect("ImportError", "a"), id="import-or-none"),
    pytest.param("try: x = 1\nfinally: y = x", expect("x", "x y", aliases="y=x"), id="finally"),
    pytest.param(
        "try: del a\nfinally:\n  for b in c: a = 1", expect("a c", may="a b", aliases="b=c"), id="finally-loop"
    ),
    pytest.param("x = 1\ntry:\n  del x\n  raise E\nexcept E: pass", expect("E", may="x"), id="del-before-handler"),
    pytest.param("x = 1\ntry: del x\nfinally:\n  if c: x = 2", expect("c", may="x"), id="del-before-finally"),
    pytest.param("try: f()\nexcept E: x = 1\nelse: x = 2", expect("f E", "x"), id="try-else"),
    pytest.param("try: f()\nexcept* E: x = 1", expect("f E", may="x"), id="try-star"),
    pytest.param("with open(f) as g: x = 1", expect("open f", "g x"), id="with"),
    pytest.param("with suppress(E): x = f()\nx", expect("suppress E f x", may="x"), id="with-suppress"),
    pytest.param(
        "match a:\n  case [x, *y]: z = 1\n  case _: z = 2", expect("a", "z", may="x y", aliases="x=a y=a"), id="match"
    ),
    pytest.param(
        "match a:\n  case P(b=1 | q.r) as x: z = 1", expect("a P q", may="x z", aliases="x=a"), id="match-class"
    ),
    pytest.param("match a:\n  case {'k': x, **y}: 0", expect("a", may="x y", aliases="x=a y=a"), id="match-mapping"),
    pytest.param("match a:\n  case x if b: 0", expect("a b", may="x", aliases="x=a"), id="match-guard"),
    pytest.param("async for x in y:\n  async with z: w = 1", expect("y z", may="x w", aliases="x=y"), id="async"),
]
BODIES = [
    pytest.param("def f(x): return x + y", expect("", "f", bodies={"f": "y"}), id="function"),
    pytest.param("def f(x=a, *, y=b): 0", expect("a b", "f", bodies={"f": ""}), id="defaults"),
    pytest.param("@d(a)\ndef f(x: T) -> U: 0", expect("d a T U", "f", bodies={"f": ""}), id="decorator-and-hints"),
    pytest.param("def f():\n  x = 1\n  return x, y", expect("", "f", bodies={"f": "y"}), id="local"),
    pytest.param("def f():\n  y\n  y = 1", expect("", "f", bodies={"f": ""}), id="local-everywhere"),
    pytest.param(
        "def f():\n  def g(): return a, x\n  x = 1", expect("", "f", bodies={"f": "a"}), id="function-in-function"
    ),
    pytest.param(
        "def f(): return [a for a in b if c]", expect("", "f", bodies={"f": "b c"}), id="comprehension-inside"
    ),
    pytest.param("def f():\n  global x\n  x = 1", expect("", "f", may="x", bodies={"f": "x"}), id="global"),
    pytest.param(
        "def f():\n  x = 1\n  def g():\n    nonlocal x\n    x = y", expect("", "f", bodies={"f": "y"}), id="nonlocal"
    ),
    pytest.param("def f(): return y\nf()", expect("y", "f", bodies={"f": "y"}), id="called-here"),
    pytest.param("def f(): return y\ny = 1\nf()", expect("", "f y", bodies={"f": "y"}), id="called-when-bound"),
    pytest.param("def f(): g()\ndef g(): y\nh(f)", expect("h y", "f g", bodies={"f": "g", "g": "y"}), id="handed-over"),
    pytest.param(
        "def f(): return x\nif a:\n  x = 1\n  f()\nf()",
        expect("a x", "f", may="x", bodies={"f": "x"}),
        id="called-twice",
    ),
    pytest.param(
        "def f(): return g()\nf()\ndef g(): return y\nf()",
        expect("g y", "f g", bodies={"f": "g", "g": "y"}),
        id="called-before-and-after",
    ),
    pytest.param(
        "x = 1\ndef f():\n  global x\n  del x\nf()", expect("", "f", may="x", bodies={"f": "x"}), id="global-deleted"
    ),
    pytest.param(
        "del x\ndef f():\n  global x\n  x = 1\nf()", expect("x", "f", may="x", bodies={"f": "x"}), id="global-after-del"
    ),
    pytest.param("f = lambda x, y=a: x + b", expect("a", "f", bodies={"f": "b"}), id="lambda"),
    pytest.param("m.f = lambda x: x + b", expect("b m", mutates="m"), id="lambda-in-attribute"),
    pytest.param("z = sorted(x, key=lambda v: w[v])", expect("sorted x w", "z"), id="lambda-handed-over"),
    pytest.param("g = (x + b for x in a)", expect("a", "g", bodies={"g": "b"}), id="generator"),
    pytest.param("class A(B, m=C):\n  x = y\n  z = x", expect("B C y", "A", bodies={"A": ""}), id="class"),
    pytest.param("class A:\n  def f(self): return b, x\n  x = 1", expect("", "A", bodies={"A": "b x"}), id="method"),
    pytest.param(
        "class A:\n  x = 1\n  y = [x for _ in z]", expect("z x", "A", bodies={"A": ""}), id="comprehension-in-class"
    ),
    pytest.param(
        "class A:\n  x = x[0]\n  x.pop()", expect("x", "A", may_mutate="x", bodies={"A": ""}), id="changes-in-class"
    ),
    pytest.param("async def f(): await g()", expect("", "f", bodies={"f": "g"}), id="coroutine"),
    pytest.param(
        "def f(df):\n  df['a'] = 1\nf(t)", expect("t", "f", mutates="t", bodies={"f": ""}), id="changes-argument"
    ),
    pytest.param(
        "def f(a, b): b.append(1)\nf(b=t, a=s)", expect("t s", "f", mutates="t", bodies={"f": ""}), id="by-keyword"
    ),
    pytest.param(
        "def f(df):\n  df = df.copy()\n  df['a'] = 1\nf(t)", expect("t", "f", bodies={"f": ""}), id="changes-copy"
    ),
    pytest.param(
        "def f(x): x.pop()\nf = g\nf(t)",
        expect("g t", "f", may_mutate="t", bodies={"f": ""}, aliases="f=g"),
        id="bound-anew",
    ),
    pytest.param(
        "def f(x):\n  x = x[0]\n  x.pop()\nz = f(t)",
        expect("t", "f z", may_mutate="t", bodies={"f": ""}),
        id="part-of-argument",
    ),
    pytest.param(
        "def f(p): return g(p)\ndef g(p): p.pop()\nz = f(t)",
        expect("t", "f g z", may_mutate="t", bodies={"f": "g", "g": ""}),
        id="changed-by-what-comes-after",
    ),
    pytest.param("def f(): c.append(1)", expect("", "f", may_mutate="c", bodies={"f": "c"}), id="changes-when-called"),
    pytest.param("def f(): c.append(1)\nf()", expect("c", "f", mutates="c", bodies={"f": "c"}), id="changes-as-called"),
    pytest.param(
        "def f(x): x.pop()\nlist(map(f, t))", expect("list map t", "f", may_mutate="t", bodies={"f": ""}), id="callback"
    ),
    pytest.param(
        "def f(x): return x\ny = f(z)", expect("z", "f y", bodies={"f": ""}, aliases="y=z"), id="returns-argument"
    ),
]
CHANGES = [
    pytest.param("x[0] = 1", expect("x", mutates="x"), id="item"),
    pytest.param("x.a.b[i].c = y", expect("x i y", mutates="x"), id="nested"),
    pytest.param("del x[0], x.a", expect("x", mutates="x"), id="del-item"),
    pytest.param("x['n'] += 1", expect("x", mutates="x"), id="augmented-item"),
    pytest.param("x.append(y)", expect("x y", mutates="x"), id="append"),
    pytest.param("x.a.append(y)", expect("x y", mutates="x"), id="append-to-attribute"),
    pytest.param("d.setdefault(k, []).append(v)", expect("d k v", mutates="d"), id="append-to-what-is-handed-out"),
    pytest.param("y = x.append(1)", expect("x", "y", may_mutate="x"), id="append-with-result"),
    pytest.param("y = x.pop()", expect("x", "y", mutates="x"), id="pop-with-result"),
    pytest.param("y = df.add(1)", expect("df", "y", may_mutate="df"), id="add-with-result"),
    pytest.param("[x.append(i) for i in y]", expect("x y", mutates="x"), id="dropped-comprehension"),
    pytest.param("[i.append(1) for i in y]", expect("y", mutates="y"), id="items-of-comprehension"),
    pytest.param("df.drop('a', axis=1, inplace=True)", expect("df", mutates="df"), id="inplace"),
    pytest.param("df.a.fillna(0, inplace=True)", expect("df", mutates="df"), id="inplace-of-column"),
    pytest.param("df.drop('a', inplace=False)", expect("df"), id="not-inplace"),
    pytest.param("df.drop('a', inplace=b)", expect("df b", may_mutate="df"), id="perhaps-inplace"),
    pytest.param("np.add(a, b, out=c)", expect("np a b c", mutates="c"), id="out"),
    pytest.param("z = model.fit(X, y)", expect("model X y", "z", mutates="model"), id="fit"),
    pytest.param("model.eval()", expect("model", mutates="model"), id="eval"),
    pytest.param("df.eval('a + b')", expect("df"), id="eval-of-text"),
    pytest.param("x.mul_(2)", expect("x", mutates="x"), id="underscore"),
    pytest.param("random.shuffle(x)", expect("random x", mutates="x"), id="shuffle"),
    pytest.param("np.random.shuffle(x)", expect("np x", mutates="x"), id="shuffle-of-module"),
    pytest.param("rng.shuffle(x)", expect("rng x", mutates="x"), id="shuffle-of-generator"),
    pytest.param("y = shuffle(x)", expect("shuffle x", "y"), id="shuffle-with-result"),
    pytest.param("import heapq as h\nh.heappush(x, 1)", expect("x", "h", mutates="x"), id="heappush"),
    pytest.param("heappush(x, 1)", expect("heappush x", mutates="x"), id="heappush-by-name"),
    pytest.param("y = next(x)", expect("next x", "y", mutates="x"), id="next"),
    pytest.param("setattr(x, 'a', 1)", expect("setattr x", mutates="x"), id="setattr"),
    pytest.param("np.copyto(x, y)", expect("np x y", mutates="x"), id="copyto"),
    pytest.param("np.append(x, y)", expect("np x y"), id="append-of-module"),
    pytest.param("list.append(x, y)", expect("list x y", mutates="x"), id="method-as-function"),
    pytest.param("sys.path.append(x)", expect("sys x", mutates="sys"), id="list-of-module"),
    pytest.param("df.columns = x", expect("df x", mutates="df"), id="columns"),
    pytest.param("plt.rcParams['a'] = 1", expect("plt"), id="settings-of-plots"),
    pytest.param("df.loc[df.a > 1, 'b'] = 0", expect("df", mutates="df"), id="loc"),
    pytest.param("df[df.a > 1]['b'] = 0", expect("df", may_mutate="df"), id="item-of-copy"),
    pytest.param("clean(df)", expect("clean df", may_mutate="df"), id="unknown-function"),
    pytest.param("clean(df, *a, k=b)", expect("clean df a b", may_mutate="df a b"), id="unknown-arguments"),
    pytest.param("clean(df.a, 1)", expect("clean df"), id="unknown-function-of-part"),
    pytest.param("x = clean(df)", expect("clean df", "x"), id="unknown-function-with-result"),
    pytest.param("print(df)", expect("print df"), id="print"),
    pytest.param("display(df)\nlen(df)", expect("display df len"), id="builtin"),
    pytest.param("HTML(x)", expect("HTML x"), id="class"),
    pytest.param("plt.plot(x, y)", expect("plt x y"), id="plot"),
    pytest.param("sns.histplot(df, x='a')", expect("sns df"), id="plot-of-frame"),
    pytest.param("ax.set_title(t)\nfig.savefig(p)", expect("ax t fig p"), id="drawing"),
    pytest.param("import mine\nmine.clean(df)", expect("df", "mine", may_mutate="df"), id="module-of-ones-own"),
    pytest.param("from sklearn.metrics import f\nf(x)", expect("x", "f"), id="function-of-library"),
    pytest.param("from mine import f\nf(x)", expect("x", "f", may_mutate="x"), id="function-of-ones-own"),
    pytest.param("plt = []\nplt.append(x)", expect("x", "plt", mutates="plt"), id="list-called-as-a-module"),
    pytest.param("df.head()", expect("df"), id="head"),
    pytest.param("df.plot.bar(x='a')", expect("df"), id="plot-accessor"),
    pytest.param("df.to_csv(p)", expect("df p"), id="to-csv"),
    pytest.param("widget.observe(f)", expect("widget f", may_mutate="widget f"), id="unknown-method"),
    pytest.param("x = widget.observe(f)", expect("widget f", "x"), id="unknown-method-with-result"),
    pytest.param("b = a\nb.append(1)", expect("a", "b", mutates="a b", aliases="b=a"), id="changed-by-other-name"),
    pytest.param("b = a\nb = 1\nb.append(1)", expect("a", "b", mutates="b", aliases="b=a"), id="no-more-the-same"),
    pytest.param(
        "for d in [a, b]: d['x'] = 1", expect("a b", may="d", mutates="a b d", aliases="d=a d=b"), id="changed-in-loop"
    ),
]
ALIASES = [
    pytest.param("b = a.x", expect("a", "b", aliases="b=a"), id="attribute"),
    pytest.param("b = a[0]", expect("a", "b", aliases="b=a"), id="item"),
    pytest.param("b = a[1:]", expect("a", "b", aliases="b=a"), id="slice"),
    pytest.param("b = a[a.x > 1]", expect("a", "b"), id="rows"),
    pytest.param("b = a[['x', 'y']]", expect("a", "b"), id="columns"),
    pytest.param("b = a[~m]", expect("a m", "b"), id="mask"),
    pytest.param("b = a.shape", expect("a", "b"), id="what-cannot-change"),
    pytest.param("b = a.copy()", expect("a", "b"), id="copy"),
    pytest.param("b = np.pi", expect("np", "b"), id="part-of-module"),
    pytest.param("a, b = c, d", expect("c d", "a b", aliases="a=c b=d"), id="pairwise"),
    pytest.param("a, b = c", expect("c", "a b", aliases="a=c b=c"), id="unpacked"),
    pytest.param("x = a if b else c", expect("a b c", "x", aliases="x=a x=c"), id="choice"),
    pytest.param("f((b := a))", expect("f a", "b", aliases="b=a"), id="walrus"),
    pytest.param("with a as b: pass", expect("a", "b", aliases="b=a"), id="with"),
    pytest.param("for i, x in enumerate(a): pass", expect("enumerate a", may="i x", aliases="x=a"), id="enumerate"),
    pytest.param("for x, y in zip(a, b): pass", expect("zip a b", may="x y", aliases="x=a y=b"), id="zip"),
    pytest.param("for k, v in d.items(): pass", expect("d", may="k v", aliases="v=d"), id="items"),
    pytest.param("for i in range(n): pass", expect("range n", may="i"), id="range"),
]
OPAQUES = [
    pytest.param("exec(text)", expect("exec text", opaque=True), id="exec"),
    pytest.param("x = eval(text)", expect("eval text", "x"), id="eval"),
    pytest.param("from a import *", OPAQUE, id="star-import"),
    pytest.param("globals()['x'] = 1", expect("globals", opaque=True), id="globals"),
    pytest.param("globals().update(d)", expect("globals d", opaque=True), id="globals-update"),
    pytest.param("globals().get('x')", expect("globals"), id="globals-read"),
    pytest.param("get_ipython().run_cell(t)", expect("get_ipython t", opaque=True), id="run-cell"),
    pytest.param(
        "get_ipython().run_line_magic('matplotlib', 'inline')", expect("get_ipython"), id="known-magic-called"
    ),
    pytest.param("get_ipython().run_line_magic('run', 'a')", expect("get_ipython", opaque=True), id="run-called"),
    pytest.param(
        "get_ipython().run_line_magic('vault', t)", expect("get_ipython t", opaque=True), id="text-not-literal"
    ),
    pytest.param(
        "get_ipython().run_line_magic('vault', 'import a from m')", expect("get_ipython", "a"), id="vault-called"
    ),
    pytest.param("get_ipython().user_ns['x'] = 1", expect("get_ipython", opaque=True), id="user-ns"),
    pytest.param("%run setup.py", OPAQUE, id="run"),
    pytest.param("%load a.py", OPAQUE, id="load"),
    pytest.param("%pylab inline", OPAQUE, id="pylab"),
    pytest.param("%reset -f", OPAQUE, id="reset"),
    pytest.param("%macro m 1-3", OPAQUE, id="macro"),
    pytest.param("%nobody_knows x", OPAQUE, id="unknown-magic"),
    pytest.param("%%nobody_knows\nx = 1", OPAQUE, id="unknown-cell-magic"),
    pytest.param("%store -r", OPAQUE, id="store-everything"),
    pytest.param("if a:\n  %run x", expect("a", opaque=True), id="run-in-branch"),
]
LINES = [
    pytest.param("%matplotlib inline\n%load_ext a\n%cd b\n%pip install c\n%autoreload 2", expect(), id="harmless"),
    pytest.param("x = %nobody_knows y", expect("", "x"), id="assigned"),
    pytest.param("x = !ls $p", expect("p", "x"), id="shell-assigned"),
    pytest.param("!cp {a.b} $c.d {e[0]} '{f!r:>4}'", expect("a c e f"), id="shell-filled-in"),
    pytest.param("!echo $HOME $$x {1..3} ${y} {a,b} | awk '{print $1}'", expect(), id="shell-of-its-own"),
    pytest.param("%cd {folder}", expect("folder"), id="magic-filled-in"),
    pytest.param("%time x = f(y)", expect("f y", "x"), id="time"),
    pytest.param("%timeit -n 10 -r3 x = f(y)", expect("f y"), id="timeit"),
    pytest.param("%prun -s cumulative f(x)", expect("f x", may_mutate="x"), id="prun"),
    pytest.param("%time x = = 1", OPAQUE, id="time-of-no-code"),
    pytest.param("x?\n??y\nz.a?", expect(), id="help"),
    pytest.param("%store x", expect("x"), id="store"),
    pytest.param("%store -r x y", expect("", "x y"), id="store-read"),
    pytest.param("%xdel x", expect("x", deletes="x"), id="xdel"),
    pytest.param("%sql r << SELECT 1", expect("", "r"), id="sql"),
    pytest.param("ls", expect(), id="automagic"),
    pytest.param("pip install x", expect(), id="automagic-with-words"),
    pytest.param("run a.py", OPAQUE, id="automagic-run"),
    pytest.param("ls - l", expect(), id="automagic-like-python"),
    pytest.param("who = 1\nwho", expect("", "who"), id="no-automagic"),
    pytest.param("%%time\nx = y", expect("y", "x", aliases="x=y"), id="cell-time"),
    pytest.param("%%capture out\nx = 1", expect("", "x out"), id="cell-capture"),
    pytest.param(
        "%%capture --no-stderr out\nx = out", expect("out", "x out", aliases="x=out"), id="cell-capture-after"
    ),
    pytest.param("%%timeit\nx = y", expect("y"), id="cell-timeit"),
    pytest.param("%%timeit n = a\nx.append(n)", expect("a x", mutates="x"), id="cell-timeit-setup"),
    pytest.param("%%capture out\n%%timeit\nx = y", expect("y", "out"), id="two-cell-magics"),
    pytest.param("%%capture out\n%%bash\nls $x", expect("", "out"), id="other-language-below"),
    pytest.param("%%bash\nx=1\necho $x", expect(), id="bash"),
    pytest.param("%%bash --out a --err b\nls", expect("", "a b"), id="bash-out"),
    pytest.param("%%script bash -c {cmd}\nls", expect("cmd"), id="script-filled-in"),
    pytest.param("%%writefile a.py\nx = 1", expect(), id="writefile"),
    pytest.param("%%html\n<b>x</b>", expect(), id="html"),
    pytest.param("%%R -i a,b -o c\nc <- a", expect("a b", "c"), id="R"),
    pytest.param("%open_vault -p a.zip", expect(), id="open-vault"),
    pytest.param("%vault store a, b in m with f.g", expect("a b f"), id="vault-store"),
    pytest.param("%vault store a in 'x/y.csv' with to_csv", expect("a to_csv"), id="vault-store-file"),
    pytest.param("%vault store a in {m}", expect("a m"), id="vault-store-filled-in"),
    pytest.param("%vault store {x} in m", expect("x"), id="vault-store-of-what-is-filled-in"),
    pytest.param("%vault import a, b from m with f", expect("f", "a b"), id="vault-import"),
    pytest.param("%vault import a from m as b", expect("", "b"), id="vault-import-as"),
    pytest.param("%vault import 'x/y' as b", expect("", "b"), id="vault-import-file"),
    pytest.param("%vault import m.n", expect("", "m"), id="vault-import-module"),
    pytest.param("%vault import m.n as o", expect("", "o"), id="vault-import-module-as"),
    pytest.param("%vault import {x} from m", expect("x", opaque=True), id="vault-import-filled-in"),
    pytest.param("%vault del a from m\n%vault list\n%vault assert a in m is 6DE33062", expect(), id="vault-others"),
    pytest.param("%vault store in", expect(), id="vault-malformed"),
    pytest.param(
        "def f():\n  %vault import a from m", expect("", "f", may="a", bodies={"f": "a"}), id="vault-in-function"
    ),
    pytest.param("for t in x:\n  %vault store t in m", expect("x", may="t", aliases="t=x"), id="vault-in-loop"),
]
TABLE = [*BINDING, *PATHS, *BODIES, *CHANGES, *ALIASES, *OPAQUES, *LINES]


@pytest.mark.parametrize(("source", "expected"), TABLE)
def test_cell_does_what_is_written(source: str, expected: CellNames) -> None:
    found = read_names(source)
    assert found is not None
    assert asdict(found) == asdict(expected)


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("x = = 1", id="no-python"),
        pytest.param("print 'x'", id="old-python"),
        pytest.param("(" * 1000, id="brackets"),
        pytest.param("a\0b", id="nul"),
        pytest.param("-" * 100_000 + "1", id="deep-expression"),
        pytest.param("f = " + "lambda: " * 200 + "1", id="deep-lambdas"),
        pytest.param("".join(" " * one + "if a:\n" for one in range(80)) + " " * 80 + "b", id="deep-blocks"),
        pytest.param("a" + ".get(1)" * 900 + ".pop()", id="long-chain"),
        pytest.param("if a:\n" + " def f(): 0\n" * 100, id="one-function-in-many-ways"),
        pytest.param("f(x) = %a", id="target-that-cannot-be"),
        pytest.param("f'''{'''\n%a\n'''}'''", id="a-string-in-a-string-only-to-newer-pythons"),
    ],
)
def test_what_cannot_be_read_is_unknown(source: str) -> None:
    assert read_names(source) is None


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("\n".join(f"x{one} = y{one}" for one in range(3000)), id="assignments"),
        pytest.param("\n".join(f"x{one + 1} = x{one}" for one in range(3000)), id="aliases"),
        pytest.param("for a in b:\n" + "".join(f"  x = y{one}\n  x.pop()\n" for one in range(2000)), id="roots"),
        pytest.param("".join(f"def f{one + 1}(): f{one}()\nf{one + 1}()\n" for one in range(1000)), id="calls"),
        pytest.param("if a: 0\n" + "".join(f"elif a: x{one} = 1\n" for one in range(900)), id="branches"),
        pytest.param("%timeit " + "-q " * 20_000 + "x", id="options"),
        pytest.param("%%sql " + "a" * 50_000, id="long-name"),
        pytest.param("!" + "{a{" * 20_000, id="braces"),
    ],
)
def test_time_stays_in_proportion(source: str) -> None:
    started = time.perf_counter()
    assert read_names(source) is not None
    assert time.perf_counter() - started < 5


def test_newer_syntax_is_read_where_python_knows_it() -> None:
    found = read_names("type X[T] = list[T] | Y\ndef f[T](x: T) -> U: return V")
    assert found in (None, expect("U", "X f", bodies={"X": "list Y", "f": "V"}))


@given(programs())
def test_nothing_else_is_touched(text: str) -> None:
    names = _read_program(text)
    outcome = run_program(text)
    assert outcome.changed <= names.changes | _close(names.mutates | names.may_mutate, names.aliases)
    if outcome.error is None:
        assert names.defines <= outcome.variables.keys()
        assert names.deletes.isdisjoint(outcome.variables)


@given(programs(), st.sampled_from(sorted(START)))
def test_nothing_else_is_used(text: str, name: str) -> None:
    names = _read_program(text)
    whole = run_program(text)
    assume(whole.is_complete and name not in names.uses)
    assert _show(run_program(text, without=name), name) == _show(whole, name)


def _read_program(text: str) -> CellNames:
    try:
        compile(text, "program", "exec")
    except SyntaxError:  # as `global x` behind a use of it
        assume(False)
    names = read_names(text)
    assert names is not None
    return names


def _close(names: frozenset[str], aliases: frozenset[tuple[str, str]]) -> set[str]:
    """Return names with all that may stand for the same objects."""
    found = set(names)
    while further := {one for pair in aliases if found.intersection(pair) for one in pair} - found:
        found |= further
    return found


def _show(outcome: Outcome, without: str) -> dict[str, str]:
    """Return the values of variables as texts; functions look different in every run."""
    return {name: repr(one).partition(" at 0x")[0] for name, one in outcome.variables.items() if name != without}


@given(st.text())
def test_any_text_is_read_or_unknown(source: str) -> None:
    text = source.replace("\r", "")
    assert read_names(text) == read_names(text.replace("\n", "\r\n"))
