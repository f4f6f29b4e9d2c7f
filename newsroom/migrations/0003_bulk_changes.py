from django.db import migrations

from newsroom import roles


class Migration(migrations.Migration):
    dependencies = [("newsroom", "0002_roles"), ("articles", "0008_housekeeping")]

    operations = [migrations.RunPython(roles.grant, migrations.RunPython.noop)]
