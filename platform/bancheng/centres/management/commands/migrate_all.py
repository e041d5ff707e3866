"""`bancheng migrate_all`: bring public, the templates and every schema to this release."""

import time
from typing import Any

from django.core.management.base import BaseCommand

from bancheng.centres import migrating, onboarding, templates
from bancheng.centres.models import Kind
from bancheng.tenancy import PUBLIC


class Command(BaseCommand):
    """Safe to repeat; a schema that is up to date costs one query."""

    help = "升级数据库:公共模式、新中心样板、每个中心和市级总览的模式"

    def handle(self, *args: Any, **options: Any) -> None:
        """Public first, as the registry names the rest."""
        began = time.monotonic()
        if migrating.behind([PUBLIC]):
            migrating.migrate_schema(PUBLIC, Kind.PUBLIC)
            self.stdout.write("公共模式已升级")
        onboarding.load_registry()
        for kind in templates.SAMPLES:
            try:
                templates.template_sql(kind)
            except templates.NoTemplate as why:
                self.stdout.write(f"没有新中心样板,新建中心时逐项建表:{why}")
                break
        kinds = dict(migrating.schemas())
        late = migrating.behind(kinds)
        for number, schema in enumerate(late, start=1):
            migrating.migrate_schema(schema, kinds[schema])
            self.stdout.write(f"{number}/{len(late)} {schema} 已升级")
        self.stdout.write(
            f"共 {len(kinds)} 个模式,升级 {len(late)} 个,用时 {time.monotonic() - began:.1f} 秒"
        )
