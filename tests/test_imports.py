"""The import rules of the architecture, checked on the source of every module.

A rule that is broken names the module, the line and what may be imported instead.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

import pytest

PACKAGES = ("stimuli", "experiment", "analysis")

# What a package may import of ours, itself aside.
ALLOWED: dict[str, tuple[str, ...]] = {
    "stimuli": (),
    "experiment": ("stimuli",),
    "analysis": ("stimuli", "experiment.records", "experiment.journal"),
    "run_session": ("experiment.cli",),
}

# Inside `experiment` nothing may lead, directly or through others, to a module of a later row.
ORDER: tuple[tuple[str, ...], ...] = (
    ("records",),
    ("protocol", "plan", "journal", "ports"),
    ("phases",),
    ("runner",),
    ("start",),
    ("cli",),
)

# The way to a window has one door after another. This holds for every module, also for those in no row above:
# only these may import what stands on the left (its own modules aside).
DOORS: dict[str, tuple[str, ...]] = {
    "experiment.backends": ("experiment.start", "experiment.opening"),
    "experiment.opening": ("experiment.start", "experiment.cli", "experiment.calibrating"),
    "experiment.calibrating": ("experiment.cli",),
    "experiment.start": ("experiment.cli",),
    "experiment.cli": ("run_session",),
}

# The display library in its own modules, what lies below it (windows, input) in any backend. For everybody
# else `ports` is the only way to them.
SCREEN_LIBRARIES = {
    "psychopy": "experiment.backends.psychopy*",
    "psychtoolbox": "experiment.backends.*",
    "pyglet": "experiment.backends.*",
    "Xlib": "experiment.backends.*",
    "PyQt6": "experiment.backends.*",
}

NETWORK_LIBRARIES = ("torch", "torchvision", "safetensors")
NETWORK_MODULES = ("analysis.models", "analysis.models.*")
LAZY_NETWORK_MODULES = (
    "stimuli.raft",
    "stimuli.raft_weights",
    "stimuli.torchvision_import",
    "stimuli.weights_file",
)


@dataclass(frozen=True)
class Import:
    """One imported name: `from a.b import c` is the target `a.b.c`."""

    module: str
    line: int
    target: str
    lazy: bool  # inside a function, or for type checks alone: paid for only by who calls it


def is_within(name: str, package: str) -> bool:
    return name == package or name.startswith(package + ".")


def imports_of(module: str, source: str, *, is_package: bool) -> Iterator[Import]:
    """Yield every import of a module, those inside functions and those spelt as calls included."""

    def visit(node: ast.AST, lazy: bool) -> Iterator[Import]:
        for target in targets_of(node, module, is_package):
            yield Import(module, getattr(node, "lineno", 0), target, lazy)
        inside = lazy or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for child in ast.iter_child_nodes(node):
            typing_only = isinstance(node, ast.If) and is_type_checking(node.test) and child in node.body
            yield from visit(child, inside or typing_only)

    yield from visit(ast.parse(source), lazy=False)


def is_type_checking(test: ast.expr) -> bool:
    return ast.unparse(test) in ("TYPE_CHECKING", "typing.TYPE_CHECKING")


def targets_of(node: ast.AST, module: str, is_package: bool) -> list[str]:
    match node:
        case ast.Import(names=names):
            return [alias.name for alias in names]
        case ast.ImportFrom(module=origin, names=names, level=level):
            base = origin or ""
            if level:
                parents = module.split(".") if is_package else module.split(".")[:-1]
                base = ".".join([*parents[: len(parents) - level + 1], *([origin] if origin else [])])
            return [f"{base}.{alias.name}" for alias in names]
        case ast.Call(func=func, args=[ast.Constant(value=str(name)), *_]):
            return [name] if ast.unparse(func).endswith(("__import__", "import_module")) else []
    return []


def read_imports(root: Path) -> tuple[dict[str, list[Import]], frozenset[str]]:
    """Return the imports of each of our modules below `root`, and the names of all of our modules."""
    found: dict[str, list[Import]] = {}
    scripts = [path for path in [root / "run_session.py"] if path.exists()]
    for path in [
        *scripts,
        *(file for package in PACKAGES for file in sorted((root / package).rglob("*.py"))),
    ]:
        parts = path.relative_to(root).with_suffix("").parts
        is_package = parts[-1] == "__init__"
        module = ".".join(parts[:-1] if is_package else parts)
        found[module] = list(imports_of(module, path.read_text(encoding="utf-8"), is_package=is_package))
    return found, frozenset(found)


def package_violations(imports: dict[str, list[Import]]) -> Iterator[str]:
    for module, items in imports.items():
        package = module.split(".")[0]
        for item in items:
            ours = item.target.split(".")[0] in PACKAGES and not is_within(item.target, package)
            if ours and not any(is_within(item.target, allowed) for allowed in ALLOWED[package]):
                allowed = ", ".join(ALLOWED[package]) or "nothing of ours"
                yield f"{module}:{item.line} imports {item.target}; {package} imports {allowed}"


def library_violations(imports: dict[str, list[Import]]) -> Iterator[str]:
    for module, items in imports.items():
        for item in items:
            library = item.target.split(".")[0]
            if library in SCREEN_LIBRARIES and not fnmatch(module, SCREEN_LIBRARIES[library]):
                yield f"{module}:{item.line} imports {library}; only {SCREEN_LIBRARIES[library]} may"
            if library in NETWORK_LIBRARIES and not any(fnmatch(module, name) for name in NETWORK_MODULES):
                if module not in LAZY_NETWORK_MODULES:
                    yield f"{module}:{item.line} imports {library}; only analysis.models and stimuli.raft may"
                elif not item.lazy:
                    yield f"{module}:{item.line} imports {library} at its top; there only inside a function"


def ours_imported_by(module: str, imports: dict[str, list[Import]], modules: frozenset[str]) -> set[str]:
    """Return which of our modules a module imports: of a.b.c, the longest part that is one."""
    found = set()
    for item in imports[module]:
        parts = item.target.split(".")
        names = (".".join(parts[:length]) for length in range(len(parts), 0, -1))
        found.update([name for name in names if name in modules][:1])
    return found - {module}


def reach(module: str, imports: dict[str, list[Import]], modules: frozenset[str]) -> dict[str, list[str]]:
    """Return every module that a module leads to, each with the way to it."""
    ways = {module: [module]}
    waiting = [module]
    while waiting:
        here = waiting.pop()
        for target in sorted(ours_imported_by(here, imports, modules) - ways.keys()):
            ways[target] = [*ways[here], target]
            waiting.append(target)
    return ways


def row_of(module: str) -> int | None:
    for row, names in enumerate(ORDER):
        if any(is_within(module, f"experiment.{name}") for name in names):
            return row
    return None


def order_violations(imports: dict[str, list[Import]], modules: frozenset[str]) -> Iterator[str]:
    for module in sorted(modules):
        row = row_of(module)
        if row is None:
            continue
        for target, way in reach(module, imports, modules).items():
            target_row = row_of(target)
            if target_row is not None and target_row > row:
                yield f"{module} leads to {target}, which stands after it: {' -> '.join(way)}"


def door_violations(imports: dict[str, list[Import]]) -> Iterator[str]:
    for module, items in imports.items():
        for door, allowed in DOORS.items():
            if is_within(module, door) or module in allowed:
                continue
            for item in items:
                if is_within(item.target, door):
                    yield f"{module}:{item.line} imports {item.target}; only {', '.join(allowed)} may"


def violations(root: Path) -> list[str]:
    imports, modules = read_imports(root)
    return [
        *package_violations(imports),
        *library_violations(imports),
        *order_violations(imports, modules),
        *door_violations(imports),
    ]


def test_every_module_keeps_the_import_rules(repository: Path) -> None:
    modules = read_imports(repository)[1]
    assert set(PACKAGES) <= modules, "a package was not found, so nothing of it was checked"
    assert violations(repository) == []


BROKEN = {
    "a set knows nothing of sessions": ("stimuli/build.py", "import experiment.records"),
    "the experiment knows nothing of its analysis": ("experiment/cli.py", "from analysis import tables"),
    "the analysis reads records and journals only": ("analysis/tables.py", "from experiment import runner"),
    "the entry only calls the command line": ("run_session.py", "import experiment.runner"),
    "windows stay behind the ports": ("experiment/runner.py", "from psychopy import visual"),
    "one backend's library stays out of another": ("experiment/backends/virtual.py", "import psychopy.core"),
    "events are injected by a backend": ("experiment/observers.py", "from Xlib import display"),
    "no lazy way to a window": ("analysis/figures.py", "def f():\n    from psychopy import core"),
    "no way to a window in disguise": (
        "analysis/figures.py",
        "import importlib as i\ni.import_module('psychopy')",
    ),
    "networks stay with the models": ("analysis/tables.py", "import torch"),
    "flow loads networks when asked only": ("stimuli/raft.py", "import torch"),
    "nor for want of types": (
        "stimuli/raft.py",
        "if not TYPE_CHECKING:\n    import torch",
    ),
    "records stand first": ("experiment/records.py", "from experiment.plan import SessionPlan"),
    "a relative import is an import": ("experiment/records.py", "from .plan import SessionPlan"),
    "phases do not run themselves": ("experiment/phases/rest.py", "from ..runner import run"),
    "no detour through an unlisted module": ("experiment/plan.py", "import experiment.screen"),
    "the runner chooses no backend": ("experiment/runner.py", "from experiment.backends import virtual"),
    "the command line leaves the choice to the start": (
        "experiment/cli.py",
        "import experiment.backends.psychopy",
    ),
    "a module in no row chooses no backend": (
        "experiment/observers.py",
        "from experiment.backends import virtual",
    ),
    "nor does it when called": ("experiment/screen.py", "def f():\n    from .backends.psychopy import open"),
    "nor all backends at once": ("experiment/observers.py", "from experiment import backends"),
    "nor by the door of the start": ("experiment/observers.py", "from experiment.start import start_session"),
    "nor by the command line": ("experiment/observers.py", "from experiment import cli"),
}


def lay_out_small_project(root: Path) -> None:
    """Write a project with few modules that keeps every rule."""
    sources = {
        "run_session.py": "from experiment.cli import main",
        "stimuli/__init__.py": "",
        "stimuli/build.py": "import numpy",
        "stimuli/raft.py": (
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import torch\n"
            "def raft():\n    import torch"
        ),
        "experiment/__init__.py": "",
        "experiment/records.py": "from stimuli import build",
        "experiment/plan.py": "from .records import Trial",
        # `screen` is in no row, yet it leads to the runner: nobody of an earlier row may use it.
        "experiment/screen.py": "import experiment.runner",
        "experiment/phases/__init__.py": "",
        "experiment/phases/rest.py": "from ..plan import SessionPlan",
        "experiment/runner.py": "from experiment.phases import rest",
        "experiment/observers.py": "from experiment.plan import SessionPlan",
        "experiment/backends/__init__.py": "",
        "experiment/backends/virtual.py": "from experiment.records import Trial",
        "experiment/backends/psychopy.py": "from psychopy import visual",
        "experiment/backends/psychopy_input.py": "import pyglet",
        "experiment/start.py": "from experiment import runner\nfrom experiment.backends import virtual",
        "experiment/cli.py": "from experiment.start import start_session",
        "analysis/__init__.py": "",
        "analysis/tables.py": "from experiment.records import Trial\nfrom experiment import journal",
        "analysis/figures.py": "import matplotlib",
        "analysis/models/__init__.py": "import torch",
    }
    for name, source in sources.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, encoding="utf-8")


def test_a_project_that_keeps_the_rules_passes(tmp_path: Path) -> None:
    lay_out_small_project(tmp_path)
    assert violations(tmp_path) == []


@pytest.mark.parametrize(("file", "source"), BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_rule_is_found_in_the_file_that_breaks_it(tmp_path: Path, file: str, source: str) -> None:
    # given a project that keeps the rules, when one import is added
    lay_out_small_project(tmp_path)
    path = tmp_path / file
    path.write_text(path.read_text(encoding="utf-8") + "\n" + source + "\n", encoding="utf-8")
    # then it is reported, and under the name of that module
    module = file.removesuffix(".py").replace("/", ".")
    assert any(line.startswith(module) for line in violations(tmp_path))
