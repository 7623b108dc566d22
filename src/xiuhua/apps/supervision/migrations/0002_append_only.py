from django.db import migrations

from xiuhua.apps.audit.guards import guard_table, unguard_table


def put(apps, schema_editor):
    guard_table(schema_editor, "supervision_driveevent")


def take(apps, schema_editor):
    unguard_table(schema_editor, "supervision_driveevent")


class Migration(migrations.Migration):
    dependencies = [("supervision", "0001_initial"), ("audit", "0002_append_only")]
    operations = [migrations.RunPython(put, take)]
