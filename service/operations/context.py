"""What every use case works with."""

from __future__ import annotations

from dataclasses import dataclass

from service.operations.library import Library
from service.operations.worker import Worker
from service.store.unit_of_work import Store


@dataclass(frozen=True, slots=True)
class Context:
    """The store, the releases in memory, and the way to the worker process."""

    store: Store
    library: Library
    worker: Worker
