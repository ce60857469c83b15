"""Many tasks at once, locked a batch at a time in the order of their keys, as others do."""

from collections.abc import Iterator

from labeling.queries import TaskQuerySet

BATCH = 5000


def locked(tasks: TaskQuerySet) -> Iterator[list[int]]:
    """The keys of `tasks`, locked until the end of the transaction, as they are then."""
    last = 0
    while True:
        batch = tasks.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)
        ids = list(batch.select_for_update(no_key=True, of=("self",))[:BATCH])
        if not ids:
            return
        yield ids
        last = ids[-1]
