"""Data packages: what a company hands over, described by one `package.yml`.

Belongs here: the format, its JSON Schemas and the reading of `package.yml` into typed definitions.
Reading the data files and writing tables does not: that is `warehouse.loading`.
"""

from warehouse.packages.definition import AttributeDefinition, ColumnMapping, FileEntry
from warehouse.packages.errors import PackageError
from warehouse.packages.package import DataPackage

__all__ = ["AttributeDefinition", "ColumnMapping", "DataPackage", "FileEntry", "PackageError"]
