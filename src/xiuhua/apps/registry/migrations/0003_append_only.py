# A later migration that makes the table anew on SQLite must guard it again.
from django.db import migrations

from xiuhua.apps.audit.guards import guard_table, unguard_table


TABLE = "registry_change"


def put(apps, schema_editor):
    guard_table(schema_editor, TABLE)


def take(apps, schema_editor):
    unguard_table(schema_editor, TABLE)


class Migration(migrations.Migration):
    dependencies = [
        ("registry", "0002_phones_that_are_known"),
        ("audit", "0002_append_only"),
    ]
    operations = [migrations.RunPython(put, take)]
