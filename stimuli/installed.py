"""Which versions of packages are installed here."""

from __future__ import annotations

from importlib import metadata


def installed_version(package: str, otherwise: str) -> str:
    """The version of a package by its name on the package index, or what stands for one that is not there."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return otherwise
