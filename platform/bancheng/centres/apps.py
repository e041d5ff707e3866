from django.apps import AppConfig
from django.db.models.signals import post_delete, post_save


class CentresConfig(AppConfig):
    """Centres and their hosts."""

    name = "bancheng.centres"
    label = "centres"

    def ready(self) -> None:
        from bancheng.centres import checks, hosts  # noqa: F401  (the checks register themselves)
        from bancheng.centres.models import Centre, Host

        # Not business: whoever changes the registry, this process must not keep serving what it remembers.
        for model in (Centre, Host):
            for changed in (post_save, post_delete):
                changed.connect(
                    hosts.forget_after_commit, sender=model, dispatch_uid=f"forget_{model.__name__}"
                )
