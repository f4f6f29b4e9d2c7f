#!/usr/bin/env python
"""Django's command line, with the project's own PostgreSQL behind it where no other is named."""

import os
import sys


def main() -> None:
    if sys.argv[1:2] == ["verify_licence"]:  # needs neither settings nor a database: it has to work where this site does not
        from licensing.proof.__main__ import main as verify

        sys.exit(verify(sys.argv[2:], "manage.py verify_licence"))

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
    from django.core.management import execute_from_command_line

    from newsroom import startup

    startup.prepare()
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
