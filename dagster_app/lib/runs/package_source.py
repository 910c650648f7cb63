"""Where a run's records come from: the generated sample or a package folder, and whether they changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dagster_app.lib.runs import progress
from dagster_app.lib.runs.months import digest
from warehouse.packages.risk_targets import documented_target
from warehouse.private_files import open_home
from warehouse.settings import Settings


@dataclass(frozen=True)
class PackageSource:
    """Which records to run on: a package folder with the user's files, or a sample of a size."""

    package: Path | None = None
    files: Mapping[str, Path] = field(default_factory=dict)
    customers: int = 2000
    months: int = 24
    seed: int = 7
    targets: tuple[str, ...] = field(default_factory=lambda: (documented_target(),))


@dataclass(frozen=True)
class PreparedPackage:
    """A package on disk and its company."""

    path: Path
    company: str


def prepare_package(source: PackageSource, settings: Settings) -> PreparedPackage:
    """Generate the sample if no package is given, and read whose records they are."""
    from warehouse.packages import DataPackage

    path = source.package
    if path is None:
        from warehouse.sample import SampleOptions, generate

        open_home(settings.home)

        options = SampleOptions(
            customers=source.customers, months=source.months, seed=source.seed, targets=source.targets
        )
        name = f"{options.customers}x{options.months}-{options.end_month:%Y-%m}-{options.fingerprint[:8]}"
        path = generate(
            settings.sample_dir / name,
            options,
            progress=lambda done, total: progress.report("sample", done, total, "simulating customers"),
        )
    read = DataPackage.read(path, dict(source.files))
    return PreparedPackage(Path(path).absolute(), read.company)


def package_fingerprint(path: Path, files: Mapping[str, Path]) -> str:
    """Hash of names, sizes and times of a package's files: a cheap sign that nothing has changed.

    The loader compares contents; this only spares it the reading. Files of the package are named as they lie in its
    folder, so that a home that is moved is as new as before.
    """
    inside = [file for file in path.rglob("*") if file.is_file()] if path.is_dir() else [path]
    named = {str(file.relative_to(path.parent)): file for file in inside}
    named |= {str(file): file for file in (Path(given).absolute() for given in files.values())}
    facts = [(name, file.stat().st_size, file.stat().st_mtime_ns) for name, file in sorted(named.items())]
    return digest(facts)
