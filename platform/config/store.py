"""The artifact store: a folder that all processes see, or a URL (docs/decisions/0050)."""

from pathlib import Path

from config import env


def place(var: Path) -> tuple[str, Path, float]:
    """The store's URL, or empty; its folder, or that of the copies here; bytes of these at most."""
    store = env.text("RONDO_ARTIFACTS", default=str(var / "artifacts"))
    cache = env.text("RONDO_CACHE", default=str(var / "cache"))
    most = env.number("RONDO_CACHE_GB", default=100) * 10**9
    return (store.rstrip("/"), Path(cache), most) if "://" in store else ("", Path(store), most)


def keys() -> tuple[dict[str, str], str]:
    """What S3's libraries are told, as they take an empty variable for a value; and the region."""
    given = {
        "endpoint_url": env.text("AWS_ENDPOINT_URL", default=""),
        "key": env.text("AWS_ACCESS_KEY_ID", default=""),
        "secret": env.text("AWS_SECRET_ACCESS_KEY", default=""),
    }
    return given, env.text("AWS_DEFAULT_REGION", default="us-east-1")
