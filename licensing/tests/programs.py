"""Programs that read our files in tests and that no package of Python's brings along."""

import os
import shutil

import pytest


def needed(program: str) -> str:
    """Return the program's path; where there is none the test is skipped, but never in CI."""
    path = shutil.which(program)
    if not path:
        reason = f"There is no {program} on this machine, so nothing was read with it."
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    return path
