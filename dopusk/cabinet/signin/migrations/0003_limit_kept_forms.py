from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('signin', '0002_find_kept_forms_by_address'),
    ]

    operations = [
        migrations.AddField(
            model_name='keptform',
            name='browser',
            field=models.BinaryField(default=b'', max_length=32),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='keptform',
            name='known',
            field=models.BooleanField(default=False),
            preserve_default=False,
        ),
        migrations.AddIndex(
            model_name='keptform',
            index=models.Index(fields=['browser', 'created_at'], name='kept_form_of_browser'),
        ),
        migrations.AddIndex(
            model_name='keptform',
            index=models.Index(fields=['known', 'created_at'], name='kept_form_turn'),
        ),
    ]
