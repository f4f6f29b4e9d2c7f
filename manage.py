#!/usr/bin/env python
"""Django's command line, with the project's own PostgreSQL behind it where no other is named."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
    from django.core.management import execute_from_command_line

    from newsroom import startup

    startup.prepare()
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
