"""The scenes of tests/access, for what asks every operation as every role."""

from tests.access.conftest import scene, scenes

__all__ = ["scene", "scenes"]
