"""What apps above do in the transaction that withdraws a consent; casework never learns their names."""

from collections.abc import Callable

from tenants.casework.models import Consent

Follow = Callable[[Consent], None]

_follow: list[Follow] = []


def when_withdrawn(follow: Follow) -> None:
    """Call this once the withdrawal stands, its matter still locked; what it raises undoes the withdrawal."""
    _follow.append(follow)


def withdrawn(consent: Consent) -> None:
    """Tell all that asked for it."""
    for follow in _follow:
        follow(consent)
