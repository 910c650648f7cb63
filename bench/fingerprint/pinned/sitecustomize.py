"""Pin the fingerprint of the model code, in every process of a build that has this folder on PYTHONPATH.

A version is named after the code of `ml`, among others, and intervals are drawn from generators seeded with that name.
Two trees of code give equal figures only where both builds hold the fingerprint fixed. Python imports this module by
its name at start; it replaces `code_version` wherever a module of `dagster_app` defines or imports it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

PINNED = "0123456789ab"
PACKAGE = "dagster_app"
FUNCTION = "code_version"


def pinned_version() -> str:
    """Stand in for the fingerprint of the code."""
    return PINNED


class _PinningLoader(Loader):
    """Loads as the module's own loader does, then replaces the function."""

    def __init__(self, loader: Loader) -> None:
        self._loader = loader

    def __getattr__(self, name: str) -> object:
        return getattr(self._loader, name)

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        self._loader.exec_module(module)
        if callable(getattr(module, FUNCTION, None)):
            replacement: Callable[[], str] = pinned_version
            setattr(module, FUNCTION, replacement)


class _PinningFinder(MetaPathFinder):
    """Finds modules of the package where Python finds them."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname.partition(".")[0] != PACKAGE:
            return None
        spec = next(
            (
                found
                for finder in sys.meta_path
                if finder is not self and (found := finder.find_spec(fullname, path, target)) is not None
            ),
            None,
        )
        if spec is not None and spec.loader is not None:
            spec.loader = _PinningLoader(spec.loader)
        return spec


sys.meta_path.insert(0, _PinningFinder())
