"""Models of workers. Written by scripts/client from the server's OpenAPI."""

from datetime import datetime

from rondo_client.base import Received


class Worker(Received):
    """A worker's process. processes: that share a training on it. fits: it takes jobs.

    shards: each of its processes keeps a part of the models only.
    """

    name: str
    queues: list[str]
    release: str
    processes: int
    shards: bool
    seen_at: datetime
    fits: bool


class Fleet(Received):
    """release: of the web process; prepared: the one that the database is for."""

    release: str
    prepared: str
    workers: list[Worker]
