"""The fixture that export tests share."""

from tests.api.kitchen import kitchen  # noqa: F401  fixture
