from django.db import migrations

from newsroom import roles


class Migration(migrations.Migration):
    dependencies = [
        ("newsroom", "0001_initial"),
        ("articles", "0004_desk"),
        ("licensing", "0005_lines_that_stay"),
        ("newsletters", "0001_initial"),
        ("mail", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("flatpages", "0001_initial"),
        ("procrastinate", "0041_post_retry_failed_job"),
    ]

    operations = [migrations.RunPython(roles.grant, migrations.RunPython.noop)]
