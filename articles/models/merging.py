"""Topics, or authors, that turn out to be one."""

from django.db import transaction

AT_ONCE = 200  # stories that are moved in one transaction: an editor who saves one of them waits for no more


class Merging:
    """The verb of a topic or an author that takes others over."""

    def absorb(self, keys: list[int], by=None) -> None:
        """Take over what belongs to others of its kind, by their keys: stories, all that points at them, and their addresses. They are deleted.

        Stories move some at a time, locked before the topic or author as editors have them, so that neither waits for the other for ever.
        What was interrupted is simply done again. Raises ValidationError where the others cannot become a part of it.
        """
        others = [key for key in keys if key != self.pk]
        self.refuse(others)
        while not self._succeed(others):
            self._take_some(others, by)

    @transaction.atomic
    def _take_some(self, others: list[int], by) -> None:
        """Move some of the stories, and leave a line in the log of each."""
        from .stories import Article

        held = Article.objects.filter(pk__in=self._held_by(others).values("article"))
        locked = list(held.order_by("pk").select_for_update().values_list("pk", flat=True)[:AT_ONCE])
        stories = list(held.filter(pk__in=locked))  # an editor may have taken one away from them meanwhile
        names = ", ".join(f"“{row}”" for row in type(self).objects.filter(pk__in=others))
        self._receive(stories, others)
        for story in stories:
            story.follow_merger(f"{names} merged into “{self}”", by)

    @transaction.atomic
    def _succeed(self, others: list[int]) -> bool:
        """Take over all but stories, and delete the others; False where one of them still has a story."""
        rows = list(type(self).objects.filter(pk__in=[self.pk, *others]).order_by("pk").select_for_update())
        if self._held_by(others).exists():
            return False
        for relation in self._meta.related_objects:
            if not relation.many_to_many:
                field = relation.field.name
                pointing = relation.related_model._base_manager.filter(**{f"{field}__in": others})
                (pointing.exclude(pk=self.pk) if relation.related_model is type(self) else pointing).update(**{field: self})
        former = self.former_slugs.model
        former.objects.bulk_create([former(slug=row.slug, subject=self) for row in rows if row.pk != self.pk], ignore_conflicts=True)
        type(self).objects.filter(pk__in=others).delete()
        return True

    def refuse(self, others: list[int]) -> None:
        """Raise ValidationError where they cannot become one."""

    def _held_by(self, others: list[int]):
        """Return the rows by which stories hold the others."""
        raise NotImplementedError

    def _receive(self, stories: list, others: list[int]) -> None:
        """Have these stories hold this one in place of the others."""
        raise NotImplementedError
