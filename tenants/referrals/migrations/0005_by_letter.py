from django.db import migrations, models

import bancheng.privacy.fields


class Migration(migrations.Migration):

    dependencies = [
        ('referrals', '0004_heard'),
    ]

    operations = [
        migrations.AddField(
            model_name='referral',
            name='answer_number',
            field=models.CharField(blank=True, default='', max_length=60, verbose_name='复函文号'),
        ),
        migrations.AddField(
            model_name='referral',
            name='answer_dated',
            field=models.DateField(null=True, verbose_name='复函日期'),
        ),
        migrations.AddField(
            model_name='referral',
            name='answer_unscanned',
            field=bancheng.privacy.fields.EncryptedTextField(null=True, verbose_name='没有扫描件的原因'),
        ),
        migrations.AddField(
            model_name='referral',
            name='copy_to',
            field=models.CharField(blank=True, default='', max_length=200, verbose_name='抄送'),
        ),
        migrations.AddField(
            model_name='contactlog',
            name='reached',
            field=models.BooleanField(default=True, verbose_name='联系上'),
        ),
        migrations.AlterField(
            model_name='contactlog',
            name='person',
            field=bancheng.privacy.fields.EncryptedTextField(blank=True, verbose_name='对方人员'),
        ),
        migrations.AlterField(
            model_name='contactlog',
            name='way',
            field=models.CharField(choices=[('call', '电话'), ('visit', '上门'), ('letter', '信函'), ('fax', '传真')], max_length=10, verbose_name='方式'),
        ),
    ]
