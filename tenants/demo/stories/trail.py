"""Where a story has got to: its matter at each centre and its referrals, found from the one it began with."""

from dataclasses import dataclass, field
from uuid import UUID

from bancheng.centres.scope import in_centre
from bancheng.overview import deciding
from bancheng.overview.models import BoardCase
from tenants.matters.models import Matter
from tenants.referrals.models import Counterpart, Direction, Referral
from tenants.referrals.workflow import STEPS


@dataclass(frozen=True)
class Leg:
    """One referral on the way: from which centre to which unit, and the unit's own matter once it signed."""

    referral_id: UUID
    source: str
    target: str
    matter_id: UUID | None = None


@dataclass
class Trail:
    """A story's matter at its home, and what can be followed from there through the centres that are here."""

    home: str
    consultation_id: UUID | None = None
    matter_id: UUID | None = None
    draft_id: UUID | None = None
    """The precedent that was made of it, as draft and, once published, for everybody."""
    later: dict[str, UUID] = field(default_factory=dict)
    """By centre, the matter of somebody else who came there with the same."""

    def begin(self, centre: str, matter_id: UUID) -> None:
        """A matter was registered in this centre."""
        if centre == self.home:
            self.matter_id = matter_id
        else:
            self.later[centre] = matter_id

    def legs(self) -> list[Leg]:
        """Every referral of the story, each centre's in the order of their drafting, home's first."""
        found: list[Leg] = []
        waiting = [(self.home, self.matter_id)] if self.matter_id else []
        while waiting:
            centre, matter_id = waiting.pop(0)
            with in_centre(centre):
                sent = list(
                    Referral.objects.filter(matter_id=matter_id, direction=Direction.SENT)
                    .order_by("created_at", "id")
                    .values_list("pk", "unit_code", "counterpart")
                )
            for referral_id, unit, way in sent:
                theirs = _matter_of(referral_id, unit) if way == Counterpart.CENTRE else None
                found.append(Leg(referral_id, centre, unit, theirs))
                if theirs:
                    waiting.append((unit, theirs))
        return found

    def matter_at(self, centre: str) -> UUID | None:
        """The centre's own matter in this story, None while there is none."""
        if centre == self.home:
            return self.matter_id
        if centre in self.later:
            return self.later[centre]
        return next((leg.matter_id for leg in reversed(self.legs()) if leg.target == centre), None)

    def referral_at(self, centre: str, step: str = "") -> UUID:
        """The referral that `step` is taken on in this centre: the last one that it fits, else the last.

        Raises RuntimeError while the centre has none.
        """
        ours = [leg.referral_id for leg in self.legs() if centre in (leg.source, leg.target)]
        if not ours:
            raise RuntimeError(f"the story has no referral at {centre} yet")
        with in_centre(centre):
            known = Referral.objects.in_bulk(ours)
        there = [known[each] for each in ours if each in known]
        fitting = [each for each in there if not step or STEPS[step].fits(each)]
        last: UUID = (fitting or there)[-1].pk
        return last

    def case_for(self, decision: str) -> UUID:
        """The referral of home's about which the coordinator may decide this: the last, else home's last."""
        ours = [leg.referral_id for leg in self.legs() if leg.source == self.home]
        if not ours:
            raise RuntimeError("the story has no referral yet")
        known = BoardCase.objects.in_bulk(ours)
        ready = [each for each in ours if each in known and not deciding.why_not(known[each], decision)]
        return (ready or ours)[-1]


@dataclass(kw_only=True)
class Arrived(Trail):
    """The same seen from another deployment, which knows of the story only the referral that came to it."""

    centre: str
    referral_id: UUID

    def legs(self) -> list[Leg]:
        theirs = _matter_of(self.referral_id, self.centre)
        return [Leg(self.referral_id, self.home, self.centre, theirs)]


def _matter_of(referral_id: UUID, centre: str) -> UUID | None:
    with in_centre(centre):
        return Matter.objects.filter(origin_referral=referral_id).values_list("pk", flat=True).first()
