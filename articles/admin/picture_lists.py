"""What the list of pictures is narrowed to."""

from unfold.contrib.filters.admin import DropdownFilter


class PhraseFilter(DropdownFilter):
    """Sets of pictures that have a name: each choice is a phrase of their queryset."""

    phrases = ()  # each with its words

    def lookups(self, request, model_admin):
        return self.phrases

    def queryset(self, request, queryset):
        return getattr(queryset, self.value())() if self.value() in dict(self.phrases) else queryset


class UseFilter(PhraseFilter):
    title, parameter_name = "use", "use"
    phrases = [("unused", "Not used"), ("used_once", "In one story"), ("used_often", "In several stories")]


class TermsFilter(PhraseFilter):
    title, parameter_name = "what its terms allow", "allowed"
    phrases = [("ending_soon", "Terms end within 30 days"), ("ended", "Terms have ended"), ("for_single_use", "For one use only")]
