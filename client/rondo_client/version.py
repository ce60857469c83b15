"""The version of this package, which servers see in their logs."""

from importlib.metadata import PackageNotFoundError, version

try:
    VERSION = version("rondo-client")
except PackageNotFoundError:  # run from its sources
    VERSION = "0"
