"""Wrong query codes, kept as long as they count against whoever typed them."""

from django.db import models
from uuid6 import uuid7

from bancheng.tenancy import TenantModel


class TrackAttempt(TenantModel):
    """One wrong pair of number and query code. Both keyed hashes: neither number nor address can be read."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    at = models.DateTimeField("时间")
    number_hash = models.CharField(max_length=64)
    client_hash = models.CharField(max_length=64)

    class Meta:
        verbose_name = "查询码输错记录"
        ordering = ("-at",)
        indexes = (
            models.Index(fields=("number_hash", "at"), name="track_by_number"),
            models.Index(fields=("client_hash", "at"), name="track_by_client"),
            models.Index(fields=("at",), name="track_by_time"),
        )

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"
