"""`bancheng migrate_all`: bring public, the templates and every schema to this release."""

import time
from typing import Any

from django.core.management.base import BaseCommand

from bancheng.centres import migrating, onboarding, rollout, templates
from bancheng.centres.models import Kind
from bancheng.tenancy import PUBLIC


class Command(BaseCommand):
    """Safe to repeat; a schema that is up to date costs one query."""

    help = "升级数据库：公共模式、新中心样板、每个中心和市级总览的模式"

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
                self.stdout.write(f"没有新中心样板，新建中心时逐项建表：{why}")
                break
        schemas = migrating.schemas()
        upgraded = 0
        for step in rollout.roll_out(schemas):
            upgraded += 1
            self.stdout.write(f"{step.schema} 已升级" + ("" if step.replayed else "(逐项迁移)"))
        self.stdout.write(
            f"共 {len(schemas)} 个模式，升级 {upgraded} 个，用时 {time.monotonic() - began:.1f} 秒"
        )
