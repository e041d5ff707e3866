from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('referrals', '0003_told'),
    ]

    operations = [
        migrations.AddField(
            model_name='referral',
            name='chases_unheard',
            field=models.PositiveSmallIntegerField(default=0, verbose_name='未获回音的催办次数'),
        ),
        migrations.AddField(
            model_name='referral',
            name='heard_at',
            field=models.DateTimeField(null=True, verbose_name='对方最近回音'),
        ),
    ]
