"""The reference page of the commands, as Markdown: made from the tables of forms and of options."""

from __future__ import annotations

from vault_magic.forms import FORMS, Form
from vault_magic.options import OPTIONS, OpenOptions, Option

_START = """\
# The commands

<!-- Made from the tables of forms and options: pytest tests/vault_magic/test_reference.py --update-golden -->

`%load_ext vault_magic` offers two magics. `%open_vault` opens the archive that all `%vault` commands of the notebook
work on; it is created if it is not there. `%vault?` and `%open_vault?` show the forms and options in the notebook,
and Tab completes them.

```python
%load_ext vault_magic
%open_vault -p data/storage.zip --secure False
```

## The forms

What is in brackets can be left out. VAR and NAME are names of variables, MODULE is a folder of the archive, FUNC the
name of a function, HASH a digest.
"""

_RULES = """\
## The rules

- Behind its first word, the parts of a command come in any order: `with f as b` is `as b with f`.
- Modules nest, and `a/b` and `a.b` are the same one. `./in` is a module that is called as a keyword of the language.
- A path in quotes names one object: relative, with forward slashes, without variable and module. Refused, with the
  reason: absolute paths, drive letters, backslashes, `..`, a `/` at the end, control characters, `{`, `}` and `$`, and
  what lies in `.vault`.
- `as` gives one name, so it needs one variable. `*` and `?` are refused: a reader sees where each variable came from.
- `# comments`, odd spacing, lines continued with a backslash and a semicolon at the end are accepted.
- IPython puts in what `$name` and `{expression}` stand for before the command is read. What could not be put in is an
  error.
- Inside a function a command sees the function's variables too. What it imports becomes a variable of the notebook;
  where the function has one of that name, the import is refused.
- HASH is a CRC32 (8 hexadecimal digits) or a SHA-256 (64), in either case, as a stamp or a listing shows it.
- An error is one line that says what is wrong, where, and what to type instead. It stops the notebook, also under
  papermill, and everything stored is as it was. Each is a `vault_magic.errors.VaultError`, and also the `ValueError`,
  `NameError`, `KeyError` or `AssertionError` that fits.

## Whole modules

```python
%vault import datasets as data
data.salaries
data["a name that is no variable"]
data.set_importers({"cities": read_csv})
```

`dir(data)`, Tab and the module's own output list what is stored now. A member is read, and its import recorded, when
it is asked for, and again after it was stored anew. `set_importers` gives members functions to be read with; members
cannot be set, they are stored. Without `as` it is Python's way: `%vault import a.b` gives `a`, of which `a.b` is a
part.

## The functions behind `with`

FUNC is a name, or a dotted one such as `json.dump`, of something that can be called. A lambda or a call is given a
name first.

To store, it is one of three:

```python
def to_csv(value):
    return value.to_csv(lineterminator="\\n")  # text, or bytes; without this, other lines on Windows


def to_excel(value, path):
    value.to_excel(path)


def to_json(value, file):
    file.write(json.dumps(value))  # text, or bytes
```

The second argument is a file and a path in one, so `json.dump`, `pickle.dump` and `DataFrame.to_parquet` serve as
they are.

To import, it takes one such file, open for bytes, and returns the value: `json.load`, `pickle.load`, `pandas.read_csv`.

```python
%vault store salaries in exports with pd.DataFrame.to_csv
%vault import salaries from exports with pd.read_csv
```
"""

_OPTIONS = """\
## The options of `%open_vault`

| option | default | what it does |
| --- | --- | --- |
"""

_BEHIND_OPTIONS = """\

A boolean option without a value is meant to be true. Hyphens do for underscores (`--frame-format`), and `=` for the
space before a value. `{path}` stands at the start of a LOG, as in `-l {path}.log`; if the notebook has a variable
called `path`, write `{{path}}`, or IPython puts that in.

Without `-e` and without `--secure False` a warning tells that the vault is not encrypted. `-e` takes the name of a
variable, never a password, and what was typed there is repeated in no message.

```python
%open_vault -p data/ -e VAULT_PASSWORD --report_memory_gain
%open_vault --path data/results.zip --secure False --frame-format parquet  # large frames
```

## Defaults for a project

The table `[tool.vault_magic]` of the nearest `pyproject.toml`, in the notebook's folder or above it, sets any of
these options, so that the notebooks need not repeat them:

```toml
[tool.vault_magic]
path = "data/storage.zip"
encryption_variable = "VAULT_PASSWORD"
optimize_df = false
```

A `path` there is seen from the folder of the `pyproject.toml`, wherever the notebook is, and so is a `logs_path`. What
stands behind `%open_vault` goes first. Where a vault cannot be opened, none is open: nothing goes into the one before.

## From Python

The same archive, the same records, in `.py` files and scripts, and in notebooks whose linters do not know the magics
([more on those](linters.md)):

```python
from vault_magic import open_vault

vault = open_vault("data/storage.zip", secure=False)
vault.store("datasets/salaries", salaries)
vault.store("exports/salaries.csv", salaries, function=to_csv)
salaries = vault.load("datasets/salaries")
salaries = vault.load("exports/salaries.csv", function=read_csv)
vault.list()
vault.list("datasets")
vault.delete("exports/salaries.csv")
```

`open_vault` takes every option above by its long name; what it is not given is as the project says. `function` takes
what can stand behind `with`, and a lambda too. Where the path is a literal, `vaultcheck` reads a call like the
command. `from vault_magic import vault` is the vault that was opened last, also by `%open_vault`.
"""


def render_reference() -> str:
    """Return the page `docs/commands.md`."""
    forms = "\n".join(_render_form(form) for form in FORMS)
    options = "".join(_render_option(option) for option in OPTIONS)
    return f"{_START}\n{forms}\n{_RULES}\n{_OPTIONS}{options}{_BEHIND_OPTIONS}"


def _render_form(form: Form) -> str:
    return f"**`%vault {form.text}`**\n\n{form.help}\n\n```python\n%vault {form.example}\n```\n"


def _render_option(option: Option) -> str:
    flags = " ".join((", ".join(option.flags), option.value)).replace("|", r"\|")
    return f"| `{flags}` | {_render_default(option)} | {option.help} |\n"


def _render_default(option: Option) -> str:
    value = getattr(OpenOptions(), option.field)
    return "" if value is None else f"`{getattr(value, 'value', value)}`"
