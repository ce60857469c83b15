"""What several processes can and cannot share."""

from types import SimpleNamespace

import pytest
import torch
from torch import Tensor, nn

from tests.training.threads import Threads, in_threads
from training import processes
from training.errors import BadInputError
from training.processes import (
    Alone,
    buckets,
    in_step,
    prepare,
    require_known,
    share_of,
    sum_gradients,
)
from training.sharding import require_nothing_frozen


@pytest.mark.parametrize(("batch", "processes", "share"), [(8, 1, 8), (8, 4, 2), (4, 4, 1)])
def test_a_batch_is_dealt_out_evenly(batch, processes, share):
    assert share_of(batch, processes) == share


@pytest.mark.parametrize(("batch", "processes"), [(8, 3), (1, 2)])
def test_a_batch_that_cannot_be_is_refused_with_what_to_do(batch, processes):
    with pytest.raises(BadInputError, match=f"choose a multiple of {processes}"):
        share_of(batch, processes)


@pytest.mark.parametrize(
    ("told", "what_to_do"),
    [
        ({"ACCELERATE_USE_DEEPSPEED": "true"}, "do not know DEEPSPEED.*fsdp_version: 2"),
        ({"ACCELERATE_USE_MEGATRON_LM": "true"}, "do not know MEGATRON_LM"),
        ({"ACCELERATE_USE_FSDP": "true", "FSDP_VERSION": "1"}, "set fsdp_version: 2"),
        ({"ACCELERATE_USE_FSDP": "true"}, "set fsdp_version: 2"),
        (
            {
                "ACCELERATE_USE_FSDP": "true",
                "FSDP_VERSION": "2",
                "FSDP_OFFLOAD_PARAMS": "true",
            },
            "set fsdp_offload_params: false",
        ),
    ],
)
def test_a_configuration_that_is_not_known_is_refused_with_what_to_do(
    monkeypatch, told, what_to_do
):
    for name, value in told.items():
        monkeypatch.setenv(name, value)

    with pytest.raises(BadInputError, match=what_to_do):
        prepare()


def test_what_accelerate_finds_by_itself_is_refused_where_it_is_not_known():
    accelerator = SimpleNamespace(distributed_type=SimpleNamespace(value="XLA"))

    with pytest.raises(BadInputError, match="do not know XLA"):
        require_known(accelerator)


def test_only_models_that_lie_in_parts_are_computed_as_often_by_all():
    """One process has three parts, the other one."""

    def taken(threads: Threads) -> list[tuple[str, bool]]:
        threads.shards = shards
        parts = [["a", "b", "c"], ["d"]][threads.rank]
        return list(in_step(threads, parts, "spare"))

    shards = True
    assert in_threads(2, taken) == [
        [("a", True), ("b", True), ("c", True)],
        [("d", True), ("spare", False), ("spare", False)],
    ]
    shards = False
    assert in_threads(2, taken)[1] == [("d", True)]


def test_no_layer_is_frozen_where_models_lie_in_parts():
    processes = Alone()
    require_nothing_frozen(processes, 3)
    processes.shards = True
    require_nothing_frozen(processes, 0)

    with pytest.raises(BadInputError, match="Set frozen layers to 0"):
        require_nothing_frozen(processes, 3)


def parameters_of(rank: int) -> list[nn.Parameter]:
    """Of several sizes and two types; one has no gradient in this process."""
    dice = torch.Generator().manual_seed(rank)
    found = []
    for place, size in enumerate([(3, 4), (50,), (7,), (2, 2), (5, 5), (1,)]):
        dtype = torch.bfloat16 if place == 3 else torch.float32
        one = nn.Parameter(torch.zeros(size, dtype=dtype))
        if place != rank:
            one.grad = torch.randn(size, generator=dice).to(dtype)
        found.append(one)
    return found


def test_gradients_are_summed_in_buckets_to_the_bit(monkeypatch):
    """What each parameter gets is what a sum of its own would give."""
    monkeypatch.setattr(processes, "BUCKET_BYTES", 100)  # 25 numbers
    expected = [
        sum((one.grad if one.grad is not None else torch.zeros_like(one)) for one in pair)
        for pair in zip(parameters_of(0), parameters_of(1), strict=True)
    ]

    def summed(threads: Threads) -> tuple[list[nn.Parameter], list[int]]:
        sizes: list[int] = []
        total = threads.sum

        def noted(tensor: Tensor) -> Tensor:
            sizes.append(tensor.numel())
            return total(tensor)

        threads.sum = noted  # type: ignore[method-assign]
        parameters = parameters_of(threads.rank)
        sum_gradients(threads, parameters)
        return parameters, sizes

    for parameters, sizes in in_threads(2, summed):
        assert sizes == [12, 50, 7, 4, 25, 1]
        for parameter, gradient in zip(parameters, expected, strict=True):
            assert torch.equal(parameter.grad, gradient)


def test_a_bucket_holds_what_fits_and_one_type(monkeypatch):
    monkeypatch.setattr(processes, "BUCKET_BYTES", 4 * 62)

    found = list(buckets(parameters_of(0)))

    assert [[one.numel() for one in bucket] for bucket in found] == [[12, 50], [7], [4], [25, 1]]


def test_a_process_alone_keeps_its_gradients():
    parameters = parameters_of(0)
    before = [one.grad for one in parameters]

    sum_gradients(Alone(), parameters)

    assert all(one.grad is given for one, given in zip(parameters, before, strict=True))
