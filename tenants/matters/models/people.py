"""The reporter: who came to the window, encrypted, findable only by exact value."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from uuid6 import uuid7

from bancheng.catalogue.words import Capacity, ReporterKind, Vulnerability
from bancheng.privacy import masks
from bancheng.privacy.fields import EncryptedTextField
from bancheng.tenancy import TenantModel


class Reporter(TenantModel):
    """Who came, as given at the counter that day. One per matter: a correction changes no other matter."""

    PERSONAL_FIELDS: ClassVar[dict[str, str]] = {
        "name": "姓名",
        "identifier": "证件号码",
        "phone": "联系电话",
        "address": "联系地址",
        "principal_name": "被代办人姓名",
        "principal_identifier": "被代办人证件号码",
    }

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField("类别", max_length=12, choices=ReporterKind.choices)
    name = EncryptedTextField("姓名或名称")
    name_index = models.CharField(max_length=64, db_index=True)
    identifier = EncryptedTextField("证件号码", null=True)
    identifier_index = models.CharField(max_length=64, db_index=True, blank=True)
    phone = EncryptedTextField("联系电话", null=True)
    phone_index = models.CharField(max_length=64, db_index=True, blank=True)
    address = EncryptedTextField("联系地址", null=True)
    capacity = models.CharField("身份", max_length=12, choices=Capacity.choices, default=Capacity.SELF)
    principal_name = EncryptedTextField("被代办人姓名", null=True)
    principal_identifier = EncryptedTextField("被代办人证件号码", null=True)
    principal_index = models.CharField(max_length=64, db_index=True, blank=True)
    vulnerable = ArrayField(
        models.CharField(max_length=16, choices=Vulnerability.choices),
        verbose_name="特殊困难",
        default=list,
        blank=True,
    )

    class Meta:
        verbose_name = "反映人"

    def __str__(self) -> str:
        return self.masked_name

    @property
    def masked_name(self) -> str:
        """The name as shown by default: a company's whole, a person's masked."""
        return self.name if self.kind != ReporterKind.PERSON else masks.mask_name(self.name)

    @property
    def masked_identifier(self) -> str:
        return masks.mask_id_number(self.identifier) if self.identifier else ""

    @property
    def masked_phone(self) -> str:
        return masks.mask_phone(self.phone) if self.phone else ""

    @property
    def masked_principal_name(self) -> str:
        return masks.mask_name(self.principal_name) if self.principal_name else ""

    @property
    def person_index(self) -> str:
        """By whom a repeat is recognised: the principal's card where there is one, else the reporter's."""
        return self.principal_index or self.identifier_index

    @property
    def vulnerable_labels(self) -> list[str]:
        return [Vulnerability(tag).label for tag in self.vulnerable]
