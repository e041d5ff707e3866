"""The rows “去过哪里、何时、怎么说” of the intake."""

from tenants.matters.actions import Attempt
from tenants.matters.forms.rows import Column, Row, RowsField


class AttemptsField(RowsField):
    """A list of `Attempt`."""

    columns = (
        Column("office", "去过的单位", 60),
        Column("when", "大致时间", 30),
        Column("answer", "当时怎么答复", 500),
    )

    def made(self, row: Row, number: int) -> Attempt:
        return Attempt(**row)
