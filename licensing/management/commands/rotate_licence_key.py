"""Make a new key to sign licences with."""

from django.core.management.base import BaseCommand

from licensing.proof import keys


class Command(BaseCommand):
    help = "Make a new key to sign licences with, from now on; those that were signed with the old ones stay genuine."
    requires_system_checks = []

    def handle(self, *args, **options):
        kid = keys.rotate().kid
        self.stdout.write(f"Licences are signed with the key {kid} from now on. Those signed before stay genuine: their keys are published as ever.")
