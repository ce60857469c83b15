"""What several processes can and cannot share."""

from types import SimpleNamespace

import pytest

from training.errors import BadInputError
from training.processes import require_replicas, share_of


@pytest.mark.parametrize(("batch", "processes", "share"), [(8, 1, 8), (8, 4, 2), (4, 4, 1)])
def test_a_batch_is_dealt_out_evenly(batch, processes, share):
    assert share_of(batch, processes) == share


@pytest.mark.parametrize(("batch", "processes"), [(8, 3), (1, 2)])
def test_a_batch_that_cannot_be_is_refused_with_what_to_do(batch, processes):
    with pytest.raises(BadInputError, match=f"choose a multiple of {processes}"):
        share_of(batch, processes)


@pytest.mark.parametrize("kind", ["FSDP", "DEEPSPEED"])
def test_a_configuration_that_shards_the_model_is_refused(kind):
    accelerator = SimpleNamespace(distributed_type=SimpleNamespace(value=kind))

    with pytest.raises(BadInputError, match=f"{kind} shards the model"):
        require_replicas(accelerator)
