from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('recovery', '0001_keep_recoveries'),
    ]

    operations = [
        migrations.AddField(
            model_name='recovery',
            name='asks_factor',
            field=models.BooleanField(default=False),
        ),
    ]
