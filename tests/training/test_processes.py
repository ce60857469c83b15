"""What several processes can and cannot share."""

from types import SimpleNamespace

import pytest

from training.errors import BadInputError
from training.processes import require_replicas, require_share


@pytest.mark.parametrize(("batch", "processes"), [(8, 1), (8, 4)])
def test_a_batch_is_dealt_out_evenly(batch, processes):
    require_share(batch, processes)


@pytest.mark.parametrize(("batch", "processes"), [(8, 3), (1, 2)])
def test_a_batch_that_cannot_be_is_refused_with_what_to_do(batch, processes):
    with pytest.raises(BadInputError, match=f"choose a multiple of {processes}"):
        require_share(batch, processes)


@pytest.mark.parametrize("kind", ["FSDP", "DEEPSPEED"])
def test_a_configuration_that_shards_the_model_is_refused(kind):
    accelerator = SimpleNamespace(distributed_type=SimpleNamespace(value=kind))

    with pytest.raises(BadInputError, match=f"{kind} shards the model"):
        require_replicas(accelerator)
