"""The job that erases what a person answered."""

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services import audit
from jobs.handlers import InProcessHandler
from jobs.models import Job
from labeling.erasing import erase_answers
from rounds.leaving.removing import ERASE


class ErasePerson(InProcessHandler):
    """Payload: person, reason."""

    name = ERASE
    label = _("Erase a person's answers")

    def run(self, job: Job) -> dict[str, object]:
        """Erase what is left: a worker that died half-way has done some."""
        person = User.objects.get(pk=job.payload["person"])
        by = job.created_by or person
        erased = erase_answers(person=person, by=by, reason=job.payload["reason"])
        audit(
            actor=job.created_by,
            action="person.erased",
            target=f"accounts.User:{person.pk}",
            details={"answers": erased},
        )
        return {"answers": erased}
