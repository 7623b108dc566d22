import django.db.models.deletion
from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def fill(apps, schema_editor):
    """Write the village of its plan to each measure."""
    plan, measure = (apps.get_model("plans", name) for name in ("Plan", "Measure"))
    of_plan = plan.objects.filter(pk=OuterRef("plan_id")).values("region_id")[:1]
    measure.objects.update(region_code=Subquery(of_plan))


class Migration(migrations.Migration):
    dependencies = [("plans", "0002_append_only"), ("registry", "0001_initial")]
    operations = [
        migrations.AddField(
            "plan",
            "person",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="plans",
                to="registry.person",
                verbose_name="person",
            ),
        ),
        migrations.AddField(
            "measure",
            "region_code",
            models.CharField(default="", max_length=12, verbose_name="village"),
            preserve_default=False,
        ),
        migrations.AddField(
            "measure",
            "returned_at",
            models.DateTimeField(blank=True, null=True, verbose_name="returned at"),
        ),
        migrations.RemoveConstraint("plan", "plans_plan_one_a_household_and_year"),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
