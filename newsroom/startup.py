"""What every way in (manage.py, gunicorn, the tests) does first: read the settings and have a database."""

import sys

from environs import EnvError


def prepare() -> None:
    """Load the settings and hold the embedded PostgreSQL where it is ours; end with one plain line where that fails."""
    from newsroom import postgres

    try:
        from newsroom import settings

        if settings.OWN_POSTGRES:
            postgres.hold(settings.VAR_DIR)
    except (EnvError, postgres.PostgresError) as problem:
        sys.exit(f"newsroom: {problem}")
    except KeyboardInterrupt:
        sys.exit("newsroom: stopped.")
    except PermissionError as problem:
        sys.exit(f"newsroom: {problem.filename} belongs to another user; run as the user who ran it first, or remove it.")
    except OSError as problem:
        sys.exit(f"newsroom: {problem.filename}: {problem.strerror}")
