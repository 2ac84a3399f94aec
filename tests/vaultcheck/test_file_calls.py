"""Tests of the local files that cells read and write."""

from __future__ import annotations

import pytest

from vaultcheck.file_calls import FileCall, find_file_calls
from vaultcheck.file_functions import Kind
from vaultcheck.path_names import PathNames

_R, _W = Kind.READ, Kind.WRITE


def _find_one(source: str) -> FileCall:
    (call,) = find_file_calls(source)
    return call


_READS: dict[str, tuple[str, str, str, str | None]] = {
    "table": ("df = pd.read_csv('a.csv')", "a.csv", "pd.read_csv", "df"),
    "keyword": ("df = pd.read_csv(filepath_or_buffer='a.csv')", "a.csv", "pd.read_csv", "df"),
    "bare-name": ("df = read_parquet('a')", "a", "read_parquet", "df"),
    "another-library": ("df = pl.scan_parquet('a')", "a", "pl.scan_parquet", "df"),
    "excel": ("pd.read_excel('a.xlsx')", "a.xlsx", "pd.read_excel", None),
    "hdf": ("pd.read_hdf('a.h5', key='k')", "a.h5", "pd.read_hdf", None),
    "annotated": ("df: Frame = pd.read_json('a')", "a", "pd.read_json", "df"),
    "used-at-once": ("df = pd.read_table('a').dropna()", "a", "pd.read_table", None),
    "two-targets": ("x, y = np.loadtxt('a')", "a", "np.loadtxt", None),
    "array": ("x = np.load('a.npy')", "a.npy", "np.load", "x"),
    "array-of-text": ("x = np.genfromtxt('a')", "a", "np.genfromtxt", "x"),
    "pickle-of-an-open-file": ("with open('p', 'rb') as f:\n    x = pickle.load(f)", "p", "pickle.load", "x"),
    "pickle-opened-on-the-way": ("x = pickle.load(open('p', 'rb'))", "p", "pickle.load", "x"),
    "pickle-opened-before": ("f = open('p', mode='rb')\nx = pickle.load(f)", "p", "pickle.load", "x"),
    "packed": ("with gzip.open('p') as f:\n    x = pickle.load(f)", "p", "pickle.load", "x"),
    "joblib": ("m = joblib.load('m')", "m", "joblib.load", "m"),
    "joblib-by-a-bare-name": ("m = load('m.joblib')", "m.joblib", "load", "m"),
    "json": ("with open('p') as f: x = json.load(f)", "p", "json.load", "x"),
    "text": ("with open('p') as f: x = f.read()", "p", "read", "x"),
    "text-of-a-path": ("x = Path('p').read_text()", "p", "read_text", "x"),
    "path-opened": ("with Path('p').open() as f: x = f.read()", "p", "read", "x"),
    "merely-opened": ("with open('p') as f:\n    for line in f: pass", "p", "open", None),
    "opened-and-dropped": ("open('p')", "p", "open", None),
    "in-a-function": ("def f():\n    return pd.read_csv('p')", "p", "pd.read_csv", None),
    "path": ("pd.read_csv(Path('a') / 'b.csv')", "a/b.csv", "pd.read_csv", None),
    "name": ("p = 'a.csv'\npd.read_csv(p)", "a.csv", "pd.read_csv", None),
    "name-in-a-text": ("p = 'a'\npd.read_csv(f'{p}/b.csv')", "a/b.csv", "pd.read_csv", None),
    "names-of-names": ("r = Path('..')\np = r / 'a'\npd.read_csv(p / 'b.csv')", "../a/b.csv", "pd.read_csv", None),
    "name-in-a-sum": ("p = 'a/'\npd.read_csv(p + 'b.csv')", "a/b.csv", "pd.read_csv", None),
    "timed": ("%%time\npd.read_csv('p')", "p", "pd.read_csv", None),
    "beside-a-magic": ("%pwd\npd.read_csv('p')", "p", "pd.read_csv", None),
}


@pytest.mark.parametrize(("source", "path", "function", "variable"), _READS.values(), ids=_READS)
def test_reads(source: str, path: str, function: str, variable: str | None) -> None:
    call = _find_one(source)
    assert (call.kind, call.path, call.function, call.variable) == (_R, path, function, variable)


_WRITES: dict[str, tuple[str, str, str, str | None, str | None]] = {
    "table": ("df.to_csv('a')", "a", "to_csv", "df", "df"),
    "keyword": ("df.to_csv(path_or_buf='a')", "a", "to_csv", "df", "df"),
    "computed": ("df[df.a > 0].to_parquet('a')", "a", "to_parquet", None, "df[df.a > 0]"),
    "computed-over-lines": ("(df\n  .dropna()\n  .to_feather('a'))", "a", "to_feather", None, "df.dropna()"),
    "computed-behind-letters": ("é = 1; df['é'].to_pickle('a')", "a", "to_pickle", None, "df['é']"),
    "attribute": ("self.df.to_csv('a')", "a", "to_csv", None, "self.df"),
    "polars": ("df.write_parquet('a')", "a", "write_parquet", "df", "df"),
    "pickle": ("with open('p', 'wb') as f:\n    pickle.dump(x, f)", "p", "pickle.dump", "x", "x"),
    "pickle-opened-on-the-way": ("pickle.dump([x], open('p', 'wb'))", "p", "pickle.dump", None, "[x]"),
    "pickle-by-keywords": ("pickle.dump(file=open('p', 'wb'), obj=x)", "p", "pickle.dump", "x", "x"),
    "joblib": ("joblib.dump(m, 'm')", "m", "joblib.dump", "m", "m"),
    "joblib-by-a-bare-name": ("dump(m, 'm.joblib')", "m.joblib", "dump", "m", "m"),
    "array": ("np.save('a.npy', x)", "a.npy", "np.save", "x", "x"),
    "array-without-its-suffix": ("np.save('a', x)", "a.npy", "np.save", "x", "x"),
    "arrays": ("np.savez('a', x, b=y)", "a.npz", "np.savez", None, "dict(arr_0=x, b=y)"),
    "torch": ("torch.save(m, 'm.pt')", "m.pt", "torch.save", "m", "m"),
    "text": ("with open('p', 'w') as f: f.write(x)", "p", "write", "x", "x"),
    "text-of-a-path": ("Path('p').write_text(x)", "p", "write_text", "x", "x"),
    "merely-opened": ("with open('p', 'a') as f:\n    print(x, file=f)", "p", "open", None, None),
}


@pytest.mark.parametrize(("source", "path", "function", "variable", "value"), _WRITES.values(), ids=_WRITES)
def test_writes(source: str, path: str, function: str, variable: str | None, value: str | None) -> None:
    call = _find_one(source)
    assert (call.kind, call.path, call.function) == (_W, path, function)
    assert (call.variable, call.expression) == (variable, value)


_NOTHING = {
    "computed-path": "pd.read_csv(f'{x}.csv')",
    "unknown-name": "pd.read_csv(p)",
    "name-of-two-texts": "p = 'a'\np = 'b'\npd.read_csv(p)",
    "name-of-a-loop": "for p in ['a']:\n    pd.read_csv(p)",
    "parameter-of-the-same-name": "p = 'a'\ndef f(p):\n    pd.read_csv(p)",
    "name-of-itself": "p = p + 'a'\npd.read_csv(p)",
    "address": "pd.read_csv('https://example.org/a.csv')",
    "bucket": "pd.read_parquet('s3://bucket/a')",
    "cached-bucket": "pd.read_parquet('simplecache::s3://bucket/a')",
    "data-as-text": "pd.read_json('[1, 2]')",
    "lines-as-text": "np.loadtxt('1 2\\n3 4')",
    "device": "open('/dev/null', 'w')",
    "empty-path": "pd.read_csv('')",
    "no-path": "text = df.to_csv()",
    "computed-mode": "open('p', mode)",
    "another-load": "nlp = spacy.load('m')",
    "another-bare-load": "load('m')",
    "another-save": "model.save('m')",
    "another-read": "config.read('p')",
    "method-of-a-text": "p = 'a'\np.write(open)\nopen(q)",
    "text-given-to-load": "x = json.load(s)",
    "bare-writer": "to_csv('a')",
    "name-only": "f = pd.read_csv",
    "in-a-string": "\"pd.read_csv('a')\"",
    "in-a-comment": "# pd.read_csv('a')",
    "another-language": "%%bash\nopen('p')",
    "shell-line": "!python -c \"open('p')\"",
    "no-python": "for for\npd.read_csv('a')",
}


@pytest.mark.parametrize("source", _NOTHING.values(), ids=_NOTHING)
def test_what_is_no_local_file_or_not_written_out(source: str) -> None:
    assert find_file_calls(source) == ()


def test_calls_are_in_the_order_of_their_lines() -> None:
    source = "open('a')\n\npd.read_csv('b'); df.to_csv('c')\nwith open('d', 'w') as f:\n    json.dump(x, f)"
    assert [(call.line, call.path) for call in find_file_calls(source)] == [(1, "a"), (3, "b"), (3, "c"), (5, "d")]


def test_values_in_one_open_file_are_counted() -> None:
    source = "with open('p', 'rb') as f:\n    x = pickle.load(f)\n    y = pickle.load(f)"
    assert [(call.part, call.variable) for call in find_file_calls(source)] == [(0, "x"), (1, "y")]


def test_file_opened_under_the_same_name_again_is_another_one() -> None:
    source = "f = open('a', 'wb'); pickle.dump(x, f)\nf = open('b', 'wb'); pickle.dump(y, f)"
    assert [(call.path, call.part) for call in find_file_calls(source)] == [("a", 0), ("b", 0)]


def test_name_that_is_bound_to_something_else_is_no_open_file() -> None:
    assert [call.function for call in find_file_calls("f = open('p', 'rb')\nf = g\nx = pickle.load(f)")] == ["open"]


def test_open_file_is_not_read_by_what_writes() -> None:
    assert [call.function for call in find_file_calls("f = open('p', 'wb')\npickle.load(f)")] == ["open"]


def test_further_arguments_are_told() -> None:
    source = "pd.read_csv(filepath_or_buffer='a', usecols=['b'], **more)"
    assert _find_one(source).options == ("usecols=['b']", "**more")


@pytest.mark.parametrize(
    "source",
    ["f'{pd.read_csv(\"a\")}'", "f'''\n\n{x:{pd.read_csv(\"a\")}}\n'''", "x = (\n  f'' f'  {pd.read_csv(\"a\")}')"],
    ids=["one-line", "nested", "joined"],
)
def test_call_in_a_text_is_told_whole(source: str) -> None:
    assert _find_one(source).expression == "pd.read_csv('a')"


@pytest.mark.parametrize(
    ("source", "expected"),
    [("pd.read_csv('a')", True), ("df = pd.read_csv('a')", False), ("with open('a') as f: pass", False)],
    ids=["used-at-once", "named", "unknown"],
)
def test_value_without_a_name_is_an_expression(source: str, expected: bool) -> None:
    assert _find_one(source).is_expression is expected


_NAMES: dict[str, tuple[list[str], str | None]] = {
    "in-another-cell": (["p = 'a'"], "a"),
    "below": (["x = 1", "p = 'a'"], "a"),
    "twice-the-same": (["p = 'a'", "p = 'a'"], "a"),
    "twice": (["p = 'a'", "p = 'b'"], None),
    "deleted": (["p = 'a'", "del p"], None),
    "imported": (["p = 'a'", "from m import p"], None),
    "of-a-function": (["p = 'a'", "def p(): pass"], None),
    "added-to": (["p = 'a'", "p += 'b'"], None),
    "output-of-a-magic": (["p = 'a'", "p = %pwd"], None),
    "of-a-cell-that-is-no-python": (["p = 'a' for"], None),
    "nowhere": (["q = 'a'"], None),
}


@pytest.mark.parametrize(("cells", "path"), _NAMES.values(), ids=_NAMES)
def test_names_are_those_of_the_whole_notebook(cells: list[str], path: str | None) -> None:
    source = "pd.read_csv(p)"
    assert [call.path for call in find_file_calls(source, names=PathNames([*cells, source]))] == (
        [path] if path else []
    )


def test_name_means_first_what_its_own_cell_says() -> None:
    sources = ["p = 'a'\npd.read_csv(p)", "p = 'b'\npd.read_csv(p)"]
    names = PathNames(sources)
    assert [call.path for source in sources for call in find_file_calls(source, names=names)] == ["a", "b"]


def test_code_nested_too_deeply_has_no_calls() -> None:
    assert find_file_calls(f"pd.read_csv('a')\nx = {'(' * 300}") == ()


def test_cell_without_any_such_word_is_not_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vaultcheck.file_calls.split_cell", None)
    assert find_file_calls("already = stop_to(spread, download)") == ()
