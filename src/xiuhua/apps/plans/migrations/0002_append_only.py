from django.db import migrations

from xiuhua.apps.audit.guards import guard_table, unguard_table


TABLES = ("plans_planevent", "plans_planversion")


def put(apps, schema_editor):
    for table in TABLES:
        guard_table(schema_editor, table)


def take(apps, schema_editor):
    for table in TABLES:
        unguard_table(schema_editor, table)


class Migration(migrations.Migration):
    dependencies = [("plans", "0001_initial"), ("audit", "0002_append_only")]
    operations = [migrations.RunPython(put, take)]
