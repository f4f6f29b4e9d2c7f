"""Verify a licence or a package. manage.py runs this without settings and database: see licensing/proof/__main__.py."""

import sys

from django.core.management.base import BaseCommand

from licensing.proof import __main__ as verification


class Command(BaseCommand):
    help = verification.HELP
    requires_system_checks = []

    def add_arguments(self, parser):
        verification.add_arguments(parser)

    def handle(self, *args, file, keys, **options):
        sys.exit(verification.report(file, keys))
