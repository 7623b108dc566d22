from django.db import migrations

from xiuhua.apps.audit.guards import guard, unguard


def put(apps, schema_editor):
    guard(schema_editor)


def take(apps, schema_editor):
    unguard(schema_editor)


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [migrations.RunPython(put, take)]
