"""The size gates of the house: files, functions, parameters, templates, decisions and names that say nothing."""

import ast
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
NOT_OURS = {"migrations", "node_modules", "staticfiles", "var"}
SAYING_NOTHING = {"services.py", "utils.py", "helpers.py", "managers.py", "common.py", "misc.py"}
FILE_AIM, FILE_WALL, TEST_FILE_WALL = 300, 400, 300
FUNCTION_WALL, PARAMETERS_WALL = 50, 6
TEMPLATE_WALL, DECISION_WALL = 120, 30

EXEMPT: dict[str, str] = {}
"""What may break a wall, with the reason: `shop/checkout.py` or `shop/checkout.py:place_order`."""


class Offence(NamedTuple):
    """One place that breaks one wall; `who` is how an exemption would name it."""

    path: str
    line: int
    who: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.sentence}"


def main(root: Path = ROOT) -> int:
    """Print every offence under a folder, and what comes near; 1 when there is an offence."""
    offences = list(check(root))
    for offence in offences:
        print(offence)
    for path in _files(root, "*.py"):
        lines = _line_count(path)
        if FILE_AIM < lines <= FILE_WALL and not _is_test(path.relative_to(root)):
            print(f"note: {path.relative_to(root)} has {lines} lines; aim for {FILE_AIM}")
    return 1 if offences else 0


def check(root: Path, exempt: dict[str, str] = EXEMPT) -> Iterator[Offence]:
    """Find every offence that has no exemption, and every exemption that is no longer needed."""
    found = [offence for gate in GATES for offence in gate(root)]
    yield from (offence for offence in found if offence.who not in exempt)
    for who in exempt.keys() - {offence.who for offence in found}:
        yield Offence(who.partition(":")[0], 1, who, f"{who} no longer needs its exemption")


def long_files(root: Path) -> Iterator[Offence]:
    for path in _files(root, "*.py"):
        wall = TEST_FILE_WALL if _is_test(path.relative_to(root)) else FILE_WALL
        yield from _too_long(root, path, wall)


def long_templates(root: Path) -> Iterator[Offence]:
    for path in _files(root, "*.html"):
        if "templates" in path.parts:
            yield from _too_long(root, path, TEMPLATE_WALL)


def long_decisions(root: Path) -> Iterator[Offence]:
    for path in sorted((root / "docs" / "decisions").glob("*.md")):
        yield from _too_long(root, path, DECISION_WALL)


def empty_names(root: Path) -> Iterator[Offence]:
    for path in _files(root, "*.py"):
        if path.name in SAYING_NOTHING:
            name = str(path.relative_to(root))
            yield Offence(name, 1, name, f"{path.name} says nothing; name the module after its story")


def large_functions(root: Path) -> Iterator[Offence]:
    """Functions over the line wall, and functions that take too much."""
    for path in _files(root, "*.py"):
        name = str(path.relative_to(root))
        for function, is_method in _functions(ast.parse(path.read_bytes(), name)):
            who = f"{name}:{function.name}"
            lines = (function.end_lineno or function.lineno) - function.lineno + 1
            if lines > FUNCTION_WALL:
                yield Offence(name, function.lineno, who, f"{function.name} has {lines} lines, over {FUNCTION_WALL}")
            taken = _parameter_count(function, is_method)
            if taken > PARAMETERS_WALL:
                sentence = f"{function.name} takes {taken} parameters, over {PARAMETERS_WALL}"
                yield Offence(name, function.lineno, who, sentence)


GATES: tuple[Callable[[Path], Iterator[Offence]], ...] = (
    long_files,
    long_templates,
    long_decisions,
    empty_names,
    large_functions,
)


def _functions(tree: ast.AST) -> Iterator[tuple[ast.FunctionDef | ast.AsyncFunctionDef, bool]]:
    """Every function of a module, and whether it is called on an object or a class."""
    for parent in ast.walk(tree):
        for child in ast.iter_child_nodes(parent):
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
                decorators = {word.id for word in child.decorator_list if isinstance(word, ast.Name)}
                yield child, isinstance(parent, ast.ClassDef) and "staticmethod" not in decorators


def _parameter_count(function: ast.FunctionDef | ast.AsyncFunctionDef, is_method: bool) -> int:
    """Count what a caller has to think of: not `self`, not `*args` and `**rest`."""
    arguments = function.args
    return len(arguments.posonlyargs) + len(arguments.args) + len(arguments.kwonlyargs) - is_method


def _too_long(root: Path, path: Path, wall: int) -> Iterator[Offence]:
    name, lines = str(path.relative_to(root)), _line_count(path)
    if lines > wall:
        yield Offence(name, wall + 1, name, f"{lines} lines, over {wall}; split it by noun or story")


def _files(root: Path, pattern: str) -> Iterator[Path]:
    for path in sorted(root.rglob(pattern)):
        folders = path.relative_to(root).parts[:-1]
        if not any(folder in NOT_OURS or folder.startswith(".") for folder in folders):
            yield path


def _is_test(path: Path) -> bool:
    return path.parts[0] == "tests"


def _line_count(path: Path) -> int:
    return len(path.read_bytes().splitlines())


if __name__ == "__main__":
    sys.exit(main())
