"""What the newsroom does with a story: its verbs."""

from collections.abc import Collection
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import Truncator

from articles import body
from articles.slugs import free_slug, make_slug

from .addresses import FormerAddress
from .desk import SENT_BACK
from .picture_sets import weigh
from .pictures import Image
from .record import Correction, Parts, Revision, fingerprint, snapshot
from .story_sets import Status
from .writing import as_read, write

SUMMARY = 30  # words
ELSEWHERE = ("section", "source", "created_by", "assigned_to", "working_copy")  # fields that are rows of other tables
NO_NOTE = "This story is in print: say under “What changed” what readers should know."


class Verbs:
    """A story's verbs. Each holds the row's lock meanwhile, writes the whole row, keeps a Revision, and leaves a line in the story's log."""

    # --- Before it is in print

    @transaction.atomic
    def keep(self, story: dict, by=None) -> Revision | None:
        """Keep what was written: of a story in print as its working copy, which nobody outside sees (None where nothing differs), else as the
        story itself."""
        status = self._locked_status()
        if status == Status.PUBLISHED and not self._is_public():
            return self.reschedule(story, by)
        if status == Status.PUBLISHED:
            if not self.working_copy and fingerprint(story) == fingerprint(snapshot(self._row())):
                return None
            self.working_copy = Revision.objects.keep(self, Revision.Event.SAVED, by, story)
            self.save(update_fields=["working_copy"])
            return self.working_copy
        write(self, story)
        self._settle_words()
        self.save()
        return Revision.objects.keep(self, Revision.Event.SAVED, by)

    @transaction.atomic
    def submit(self, by=None) -> None:
        """Send a draft to review."""
        if self._locked_status() != Status.DRAFT:
            raise ValidationError("Only a draft is sent to review.")
        self._step(Status.IN_REVIEW, "sent to review", by)

    @transaction.atomic
    def send_back(self, reason: str, by=None) -> None:
        """Give a story in review back to whoever wrote it, and say what is missing."""
        if self._locked_status() != Status.IN_REVIEW:
            raise ValidationError("Only a story in review is sent back.")
        if not reason.strip():
            raise ValidationError("Say what is missing: whoever wrote the story is told.")
        self._step(Status.DRAFT, SENT_BACK, by, reason)

    @transaction.atomic
    def assign(self, to, due_at: datetime | None = None, by=None) -> None:
        """Give a story to somebody, or to nobody, with the moment it is due."""
        self._locked_status()
        self.assigned_to, self.due_at = to, due_at
        self.save(update_fields=["assigned_to", "due_at"])
        self._log(f"given to {to.get_full_name() or to.get_username()}" if to else "given to nobody", by)

    @transaction.atomic
    def restore(self, revision: Revision, by=None) -> Revision:
        """Bring an earlier state back: of a story in print as its working copy."""
        self._locked_status()
        self.refresh_from_db()
        kept = self.keep(revision.story, by)
        self._log(f"revision {revision.number} brought back", by)
        return kept

    @transaction.atomic
    def share(self, reader: str, expires_at: datetime, by):
        """Let somebody outside see the story as it is written, until a moment, by a secret link."""
        self._locked_status()
        link = self.secret_links.create(reader=reader, expires_at=expires_at, made_by=by)
        self._log(f"shown to {reader} until {in_words(expires_at)}", by)
        return link

    @transaction.atomic
    def unshare(self, link, by=None) -> None:
        """Revoke a secret link: it shows nothing from now on."""
        self._locked_status()
        if self.secret_links.live().filter(pk=link.pk).update(revoked_at=timezone.now()):
            self._log(f"no longer shown to {link.reader}", by)

    # --- Into print, and out of it

    @transaction.atomic
    def publish(self, at: datetime | None = None, by=None) -> None:
        """Put the story in print at a moment (the one already set, else now); one to come schedules it."""
        status = self._locked_status()
        if status == Status.PUBLISHED and self._is_public():
            raise ValidationError("This story is in print already. Correct it instead.")
        self.published_at = at or self.published_at or max(timezone.now(), self.embargoed_until or timezone.now())
        if self.status == Status.WITHDRAWN or self.withdrawn_at and self.withdrawn_at <= timezone.now():
            self.withdrawn_at, self.withdrawal_reason, self.is_legal_takedown = None, "", False
        self._claim_pictures()
        self.status = Status.PUBLISHED
        self._settle_address(is_new=status in {Status.DRAFT, Status.IN_REVIEW})
        self._print(Revision.Event.PUBLISHED, by)
        self._log(f"scheduled for {in_words(self.opens_at)}" if self.opens_at > timezone.now() else "published", by)

    @transaction.atomic
    def reschedule(self, story: dict, by=None, **when) -> Revision:
        """Change a story that readers do not see yet: what is written, and by `published_at`, `embargoed_until` and `slug` when and where they will.

        An address that was told already leads to the new one. Raises ValidationError, and then it stays as it was.
        """
        if self._locked_status() != Status.PUBLISHED or self._is_public():
            raise ValidationError("This story is not scheduled.")
        self.refresh_from_db()
        if self.withdrawn_at and self.withdrawn_at <= timezone.now():
            raise ValidationError("This story was withdrawn meanwhile.")
        opened = self.opens_at
        write(self, story)
        for field, value in when.items():
            setattr(self, field, value if field == "embargoed_until" else value or getattr(self, field))
        self._claim_pictures()
        self._settle_address()
        self._print(Revision.Event.PUBLISHED, by)
        if self.opens_at != opened:
            self._log(f"scheduled for {in_words(self.opens_at)}" if self.opens_at > timezone.now() else "published", by)
        return self.revisions.last()

    @transaction.atomic
    def correct(self, text: str, kind: str = Correction.Kind.CORRECTION, by=None, at: datetime | None = None) -> Correction:
        """Put what has changed in print, and say so under the story."""
        if self._locked_status() != Status.PUBLISHED:
            raise ValidationError("Only a story in print can be corrected.")
        self.updated_at = at or timezone.now()
        correction = Correction(article=self, text=text.strip(), kind=kind, made_at=self.updated_at)
        correction.full_clean()
        correction.save()
        self._print(Revision.Event.CORRECTED, by)
        self._log(Correction.Kind(kind).label.lower(), by, text)
        return correction

    @transaction.atomic
    def print_changes(self, story: dict, text: str = "", kind: str = Correction.Kind.CORRECTION, by=None) -> None:
        """Put a story that is in print there as it was written: what readers read with a note to them, what it is sorted by without one."""
        if self._locked_status() != Status.PUBLISHED:
            raise ValidationError("Only a story in print can be corrected.")
        if not text.strip() and as_read(story) != as_read(snapshot(self._row())):
            raise ValidationError(NO_NOTE)
        printed = set(self.figures.values_list("image", flat=True))
        write(self, story)
        self._claim_pictures(printed)
        if text.strip():
            self.correct(text, kind, by)
            return
        self._settle_words()
        self.working_copy = None
        self.save()
        Revision.objects.note(self, by)

    @transaction.atomic
    def drop_working_copy(self, by=None) -> None:
        """Go back to what is in print; what was written stays among the revisions."""
        self._locked_status()
        self.working_copy = None
        self.save(update_fields=["working_copy"])
        self._log("working copy dropped", by)

    @transaction.atomic
    def withdraw(self, reason: str, is_legal_takedown: bool = False, by=None, at: datetime | None = None) -> None:
        """Take the story out of print, now or at a moment to come; its address stays and says why."""
        if self._locked_status() != Status.PUBLISHED:
            raise ValidationError("Only a story in print can be withdrawn.")
        self.refresh_from_db()  # what is withdrawn is what is in print, whoever corrected it meanwhile
        if not reason.strip():
            raise ValidationError("Say why the story is withdrawn: readers are told.")
        now = timezone.now()
        self.withdrawn_at, self.withdrawal_reason, self.is_legal_takedown = at or now, reason.strip(), is_legal_takedown
        if self.withdrawn_at > now:
            self.save(update_fields=["withdrawn_at", "withdrawal_reason", "is_legal_takedown"])
            self._log(f"to be withdrawn on {in_words(self.withdrawn_at)}", by, reason)
            return
        self.status = Status.WITHDRAWN
        self._print(Revision.Event.WITHDRAWN, by)
        self._log("withdrawn", by, reason)

    @transaction.atomic
    def close(self) -> None:
        """Note that the moment to be withdrawn has come: readers have not seen the story since, whenever this is done."""
        if self._locked_status() != Status.PUBLISHED:
            return
        self.refresh_from_db()
        if self.withdrawn_at and self.withdrawn_at <= timezone.now():
            self.status = Status.WITHDRAWN
            self._print(Revision.Event.WITHDRAWN, None)
            self._log("withdrawn", None, self.withdrawal_reason)

    @transaction.atomic
    def stay(self, by=None) -> None:
        """Take back a withdrawal whose moment has not come."""
        if self._locked_status() != Status.PUBLISHED or not self._is_to_close():
            raise ValidationError("No withdrawal of this story is to come.")
        self.withdrawn_at, self.withdrawal_reason, self.is_legal_takedown = None, "", False
        self.save(update_fields=["withdrawn_at", "withdrawal_reason", "is_legal_takedown"])
        self._log("not to be withdrawn any more", by)

    @transaction.atomic
    def move(self, slug: str | None = None, published_at: datetime | None = None, by=None) -> None:
        """Give a story that has been in print another slug or date; its old address leads to the new one."""
        self._locked_status()
        old = self._row()
        if not old.has_address:
            raise ValidationError("This story was never in print: it has no address yet.")
        self.slug, self.published_at = slug or old.slug, published_at or old.published_at
        self._settle_address()
        self.save(update_fields=["slug", "published_at", "published_on"])
        Revision.objects.note(self, by)
        self._log(f"moved to {self.get_absolute_url()}"[:200], by)

    # --- What they share

    def _locked_status(self) -> str:
        return type(self).objects.select_for_update().values_list("status", flat=True).get(pk=self.pk)

    def _row(self):
        return type(self).objects.get(pk=self.pk)

    def _is_public(self) -> bool:
        return type(self).objects.public().filter(pk=self.pk).exists()

    def _is_to_close(self) -> bool:
        return type(self).objects.filter(pk=self.pk, withdrawn_at__gt=timezone.now()).exists()

    def _log(self, words: str, by, reason: str = "") -> None:
        self.events.create(headline=self.headline, words=words[:200], by=by, reason=reason.strip())

    def _step(self, status: str, words: str, by, reason: str = "") -> None:
        self.status = status
        self.save(update_fields=["status"])
        self._log(words, by, reason)

    @property
    def prints_on(self) -> date:
        """The day on which readers see it, if it is published now: a moment that is set and still to come, else today."""
        moments = [moment for moment in (self.published_at, self.embargoed_until) if moment]
        return timezone.localdate(max([timezone.now(), *moments]))

    def refused_pictures(self, printed: Collection[int] = ()) -> dict[int, str]:
        """Return why pictures of the story may not go into print, a sentence by the number of each; those printed with it already may."""
        is_read = "figures" in getattr(self, "_prefetched_objects_cache", {})
        figures = self.figures.all() if is_read else self.figures.select_related("image")
        new = [figure for figure in figures if figure.image_id and figure.image_id not in printed]
        return weigh(new, self, self.prints_on, in_print=True)[0] if new else {}

    def _claim_pictures(self, printed: Collection[int] = ()) -> None:
        """Hold the story's pictures while it goes into print, so that of two stories one alone gets what is licensed for one use."""
        list(Image.objects.select_for_update(no_key=True).filter(pk__in=self.figures.values("image")).order_by("pk").values_list("pk"))
        if refused := self.refused_pictures(printed):
            raise ValidationError(list(refused.values()))

    def _settle_address(self, is_new: bool = False) -> None:
        """Find the story's day and a slug that is free on it; an address that readers may know leads to the new one, unless it has none yet."""
        self.published_on = timezone.localdate(self.published_at)
        with connection.cursor() as cursor:  # twins of one day get their slugs one after the other
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [self.published_on.toordinal()])
        wanted = self.slug or make_slug(self.headline, self.short_id)
        others = type(self).objects.filter(published_on=self.published_on).exclude(pk=self.pk)
        left = FormerAddress.objects.filter(published_on=self.published_on).exclude(article=self)
        self.slug = free_slug(wanted, others, left)
        if is_new:
            return
        old = type(self).objects.only("status", "published_on", "slug").get(pk=self.pk)
        if old.has_address and (old.published_on, old.slug) != (self.published_on, self.slug):
            FormerAddress.objects.update_or_create(published_on=old.published_on, slug=old.slug, defaults={"article": self})

    def _settle_words(self) -> Parts:
        """Write the byline and the captions as text, and what else lists and searches want of the story; return what it was read from."""
        parts = Parts.of(self)
        self.byline, figures = parts.byline, parts.figures
        self.captions = "\n".join(f"{figure.caption} {figure.image.credit if figure.image else ''}".strip() for figure in figures)
        if self.status != Status.PUBLISHED:
            self.byline = self.byline[:600]  # a draft may name too many; publishing refuses it
        # Whether its section and the like are there, and its address is free, the database knows: to ask it before takes half as long again.
        self.full_clean(exclude=ELSEWHERE, validate_unique=False, validate_constraints=False)
        text = body.plain_text(self.body)
        self.summary = self.standfirst or Truncator(text).words(SUMMARY).replace("\n", " ")[:600]
        self.word_count = len(text.split())
        return parts

    def _print(self, event: str, by) -> None:
        """Write what readers see and search, and keep it as a Revision."""
        parts = self._settle_words()
        self.working_copy = None
        self.save()
        Revision.objects.keep(self, event, by, snapshot(self, parts))


def in_words(at: datetime) -> str:
    """Return a moment as it is written in the newsroom, in the publication's time zone."""
    return date_format(timezone.localtime(at), "j F Y, H:i")
