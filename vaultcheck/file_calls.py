"""The local files that a cell's Python reads and writes by the usual calls, as far as their paths are written out."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

from vault_magic.cell_text import CellText, split_cell
from vault_magic.masking import NOT_PYTHON, mask_cell, parse_python
from vaultcheck.file_functions import SHAPES, SIGNS, Kind, Opening, Shape, find_shape, read_opening
from vaultcheck.path_names import PathNames
