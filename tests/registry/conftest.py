"""A model folder to register."""

import pytest

from tests.registry_folders import write_model


@pytest.fixture
def model_folder(tmp_path):
    """A model of twelve parameters, as a trainer leaves it."""
    return write_model(tmp_path / "model")
