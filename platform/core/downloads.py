"""Headers of what is saved as a file at the other end."""


def saved_as(name: str) -> dict[str, str]:
    """Of a file that is called `name` there; a proxy is to pass each piece on as it comes."""
    return {
        "Content-Disposition": f'attachment; filename="{name}"',
        "X-Accel-Buffering": "no",
    }
