"""What a story is sorted by, changed without touching its text: its section, its topics, and the names of what was merged."""

from django.db import transaction

from .record import Parts, Revision, fingerprint, snapshot


class Sorting:
    """The story's verbs that readers need no note about."""

    @transaction.atomic
    def sort(self, section=None, add=(), remove=(), by=None) -> None:
        """Put the story in another section, give it topics and take others away: at once, and in its working copy too."""
        self._locked_status()
        self.refresh_from_db()
        before = fingerprint(snapshot(self))
        words = self._sorted(section, add, remove)
        if fingerprint(snapshot(self)) != before:
            Revision.objects.note(self, by) if self.has_address else Revision.objects.keep(self, Revision.Event.SAVED, by)
            self._log(words[:200], by)
        if self.working_copy:
            self._sort_working_copy(section, add, remove, by)

    def _sorted(self, section, add, remove) -> str:
        """Write it, and return it in words."""
        if section:
            self.section = section
            self.save(update_fields=["section"])
        self.topics.add(*add)
        self.topics.remove(*remove)
        said = [f"moved to {section}"] * bool(section) + [f"topic {topic} added" for topic in add] + [f"topic {topic} taken away" for topic in remove]
        return ", ".join(said)

    def _sort_working_copy(self, section, add, remove, by) -> None:
        story = self.working_copy.story
        topics = {*story["topics"], *(topic.slug for topic in add)} - {topic.slug for topic in remove}
        sorted_story = story | {"section": section.slug if section else story["section"], "topics": sorted(topics)}
        if sorted_story != story:
            self.working_copy = Revision.objects.keep(self, Revision.Event.SAVED, by, sorted_story)
            self.save(update_fields=["working_copy"])

    def follow_merger(self, words: str, by=None) -> None:
        """Print the byline as it is after a merger, keep the story as it then stands, and say so in its log; the story is locked already."""
        if self.byline:
            self.byline = Parts.of(self).byline[: self._meta.get_field("byline").max_length]
            self.save(update_fields=["byline"])
        if self.has_address:
            Revision.objects.note(self, by)
        self._log(words[:200], by)
