"""Files are saved under a name, a piece at a time."""

from core.downloads import saved_as


def test_a_file_is_saved_under_its_name() -> None:
    assert saved_as("job-7.log") == {
        "Content-Disposition": 'attachment; filename="job-7.log"',
        "X-Accel-Buffering": "no",
    }
