"""Training in several processes: which they are, how a batch is divided among them, how figures are added up.

`torchrun` starts the processes and tells each its rank in environment variables.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch import distributed as dist


@dataclass(frozen=True)
class Processes:
    """This process among `count`; rank 0 writes and speaks."""

    rank: int = 0
    count: int = 1
    device: torch.device = torch.device("cpu")  # noqa: RUF009  # immutable

    @property
    def is_first(self) -> bool:
        return self.rank == 0

    @property
    def are_several(self) -> bool:
        return self.count > 1

    def share(self, batch: Tensor) -> Tensor:
        """This process's part of a batch's indices: parts differ by one at most, and may be empty."""
        return batch.tensor_split(self.count)[self.rank]

    def summed(self, values: Tensor) -> Tensor:
        """The sum over all processes, in place; for a process alone, the values themselves."""
        if self.are_several:
            dist.all_reduce(values)
        return values

    def from_first(self, value: Any) -> Any:
        """The value that rank 0 has; the others may give None."""
        if not self.are_several:
            return value
        box = [value]
        dist.broadcast_object_list(box, src=0, device=self.device)
        return box[0]

    def same_buffers(self, model: nn.Module) -> None:
        """All take over the buffers of rank 0: each process's batch norm has averages over its own part alone."""
        if self.are_several:
            for buffer in model.buffers():
                dist.broadcast(buffer, src=0)

    def meet(self) -> None:
        """Wait for the others: nobody may leave while another still talks to it."""
        if self.are_several:
            dist.barrier()

    def gathered(self, value: Any) -> list[Any]:
        """The value of each process, by rank."""
        if not self.are_several:
            return [value]
        values: list[Any] = [None] * self.count
        dist.all_gather_object(values, value)
        return values

    def wrapped(self, model: nn.Module) -> nn.Module:
        """The model to call: with several processes its backward pass averages the gradients over them."""
        if not self.are_several:
            return model
        from torch.nn.parallel import DistributedDataParallel

        # Views would replace the gradients that a health measure holds.
        return DistributedDataParallel(model)


ALONE = Processes()


def were_started_together() -> bool:
    """Whether torchrun started this process."""
    return "RANK" in os.environ and "WORLD_SIZE" in os.environ


@contextmanager
def joined() -> Iterator[Processes]:
    """The processes that torchrun started, talking to each other inside: nccl on GPUs, gloo on CPUs."""
    local_rank = int(os.environ.get("LOCAL_RANK", "0"))
    # Two processes cannot share a GPU in nccl.
    on_gpus = torch.cuda.is_available() and int(os.environ.get("LOCAL_WORLD_SIZE", "1")) <= torch.cuda.device_count()
    device = torch.device("cuda", local_rank) if on_gpus else torch.device("cpu")
    if on_gpus:
        torch.cuda.set_device(device)
    dist.init_process_group("nccl" if on_gpus else "gloo")
    try:
        yield Processes(dist.get_rank(), dist.get_world_size(), device)
    finally:
        gc.collect()  # a wrapped model that outlives the group takes the process down with it
        dist.destroy_process_group()
