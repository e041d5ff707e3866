from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('centres', '0002_trigram'),
    ]

    operations = [
        migrations.AddField(
            model_name='outsideoffice',
            name='desk',
            field=models.CharField(blank=True, default='', max_length=60, verbose_name='收函科室'),
        ),
        migrations.AddField(
            model_name='outsideoffice',
            name='postcode',
            field=models.CharField(blank=True, default='', max_length=6, verbose_name='邮政编码'),
        ),
        migrations.AddField(
            model_name='outsideoffice',
            name='fax',
            field=models.CharField(blank=True, default='', max_length=30, verbose_name='传真'),
        ),
        migrations.AddField(
            model_name='outsideoffice',
            name='copy_to',
            field=models.CharField(blank=True, default='', max_length=200, verbose_name='函件抄送'),
        ),
        migrations.AddField(
            model_name='outsideoffice',
            name='retired_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='停用时间'),
        ),
    ]
