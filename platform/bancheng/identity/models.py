"""Departments of an office and the people who work there: accounts live where the work is done."""

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from uuid6 import uuid7

from bancheng.identity.actors import Actor
from bancheng.identity.place import served_centre
from bancheng.identity.roles import STAFF_ROLE_CHOICES, Role, names
from bancheng.tenancy import TenantModel


class Department(TenantModel):
    """A department of this office (社保, 税务 …). Its code is the same in every centre."""

    code = models.CharField("代码", max_length=10, primary_key=True)
    name = models.CharField("名称", max_length=40)
    active = models.BooleanField("在用", default=True)

    class Meta:
        verbose_name = "部门"
        ordering = ("code",)

    def __str__(self) -> str:
        return self.name


class Staff(TenantModel, AbstractBaseUser):
    """Somebody who works here. Changed only by the actions of this package.

    `name` is the name at work, shown in clear beside what the person did; the extension is the desk's.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    username = models.CharField("用户名", max_length=30, unique=True)
    name = models.CharField("姓名", max_length=40)
    roles = ArrayField(
        models.CharField(max_length=20, choices=STAFF_ROLE_CHOICES), verbose_name="角色", default=list
    )
    department = models.ForeignKey(
        Department, verbose_name="部门", on_delete=models.PROTECT, null=True, blank=True, related_name="staff"
    )
    extension = models.CharField("分机", max_length=20, blank=True)
    is_active = models.BooleanField("在用", default=True)
    must_change_password = models.BooleanField("须修改密码", default=True)
    failed_logins = models.PositiveSmallIntegerField("连续登录失败", default=0)
    locked_until = models.DateTimeField("锁定至", null=True, blank=True)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = "工作人员"
        ordering = ("username",)

    def __str__(self) -> str:
        return self.name

    @property
    def held_roles(self) -> frozenset[Role]:
        return frozenset(Role(code) for code in self.roles)

    @property
    def role_names(self) -> str:
        """The roles in Chinese, as the top bar shows them."""
        return names(self.held_roles)

    @property
    def actor(self) -> Actor:
        """This person as actions and the audit trail know them; costs no query."""
        return Actor(
            id=self.id,
            label=self.name,
            roles=self.held_roles,
            department=self.department_id or "",
            centre=served_centre(),
        )

    def has_role(self, *roles: Role) -> bool:
        """Whether the person holds at least one of the roles."""
        return not self.held_roles.isdisjoint(roles)
