"""`bancheng catalogue`: load and list the city's dictionaries."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from bancheng.catalogue import selectors
from bancheng.catalogue.departments import department_name
from bancheng.catalogue.loader import load_catalogue
from bancheng.catalogue.models import ItemMaterial


class Command(BaseCommand):
    """Keep the catalogue of items and causes."""

    help = "事项与根因目录：装入、查看"

    def add_arguments(self, parser: CommandParser) -> None:
        """Two subcommands."""
        acts = parser.add_subparsers(dest="act", required=True)
        acts.add_parser("load", help="装入随软件发布的目录（可重复执行）")
        acts.add_parser("list", help="查看在用的事项与根因")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the one that was asked for."""
        if options["act"] == "load":
            number = load_catalogue()
            count = f"事项 {len(selectors.items())} 项，根因 {len(selectors.causes())} 项"
            count += f"，应备材料 {ItemMaterial.objects.count()} 条"
            self.stdout.write(f"目录第{number}版：{count}")
            return
        for item in selectors.items():
            days = f"，法定 {item.statutory_working_days} 个工作日" if item.statutory_working_days else ""
            lead = department_name(item.lead_department)
            self.stdout.write(f"{item.code} {item.name}（{item.scheme}，{lead}{days}）")
        for cause in selectors.causes():
            note = f"（{cause.note}）" if cause.note else ""
            self.stdout.write(f"{cause.code} {cause.name}{note}")
