"""Users and their posts."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from xiuhua.apps.accounts.roles import ROLES, SECTORS, Role
from xiuhua.apps.accounts.rules import PostState
from xiuhua.apps.accounts.scope import ScopedManager
from xiuhua.apps.audit.rules import Actor
from xiuhua.apps.regions.models import Region, in_force
from xiuhua.core.periods import Period


class User(AbstractBaseUser):
    """A person who can sign in; what they may do is in their posts alone."""

    username = models.CharField(
        _("user name"),
        max_length=50,
        unique=True,
        validators=[UnicodeUsernameValidator()],
    )
    full_name = models.CharField(_("name"), max_length=100)
    is_active = models.BooleanField(_("may sign in"), default=True)
    registered_at = models.DateTimeField(_("registered at"))
    # Code of the administrator's region: who looks after a user without any post.
    registered_in = models.CharField(_("registered in"), max_length=12, blank=True)
    # The password is a one-time code until then; null for one of the user's own.
    temporary_until = models.DateTimeField(_("code valid until"), null=True, blank=True)

    objects: ClassVar[BaseUserManager[User]] = BaseUserManager()

    USERNAME_FIELD = "username"

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(username=""), name="accounts_user_is_named"
            ),
            # Sign-in takes capitals and small letters alike.
            models.UniqueConstraint(Lower("username"), name="accounts_user_named_once"),
        ]

    def __str__(self) -> str:
        return f"{self.full_name} ({self.username})"


class PostManager(ScopedManager["Post"]):
    """Posts in the scope."""

    scope_field = "region_id"


class Post(models.Model):
    """A role in a region for a time: the office a person acts in."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="posts")
    role = models.CharField(
        _("role"), max_length=30, choices=[(r.code, r.label.en) for r in ROLES.values()]
    )
    region = models.ForeignKey(
        Region,
        to_field="code",
        db_column="region_code",
        on_delete=models.PROTECT,
        related_name="posts",
    )
    sector = models.CharField(
        _("sector"),
        max_length=30,
        blank=True,
        choices=[(code, label.en) for code, label in SECTORS.items()],
    )
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("to"), null=True, blank=True)

    objects = PostManager()
    # For the own posts of a user, which decide the scope; see `selectors`.
    unscoped = models.Manager["Post"]()

    class Meta:
        verbose_name = _("post")
        verbose_name_plural = _("posts")
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(valid_to__gt=F("valid_from")),
                name="accounts_post_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(role__in=sorted(ROLES)), name="accounts_post_role_exists"
            ),
            models.CheckConstraint(
                condition=Q(role="sector_bureau", sector__in=sorted(SECTORS))
                | (~Q(role="sector_bureau") & Q(sector="")),
                name="accounts_post_sector_where_needed",
            ),
            models.UniqueConstraint(
                fields=["user", "role", "region", "sector"],
                condition=Q(valid_to__isnull=True),
                name="accounts_post_open_once",
            ),
        ]

    def __str__(self) -> str:
        language = "zh" if (get_language() or "zh").startswith("zh") else "en"
        sector = SECTORS.get(self.sector)
        what = f" {sector.in_(language)}" if sector else ""
        return f"{self.rights.label.in_(language)}{what} {self.region_id}"

    @property
    def rights(self) -> Role:
        """Return the role."""
        return ROLES[self.role]

    @property
    def state(self) -> PostState:
        """Return the post as the rules see it."""
        life = Period(self.valid_from, self.valid_to)
        return PostState(
            self.user.get_username(), self.role, self.region_id, self.sector, life
        )

    @property
    def actor(self) -> Actor:
        """Return who acts, for the audit: stable codes, no words of a language."""
        sector = f"/{self.sector}" if self.sector else ""
        return Actor(self.user.get_username(), f"{self.role}{sector}@{self.region_id}")


def held_on(day: date) -> Q:
    """Return the condition that a post is held on a day."""
    return in_force(day)
