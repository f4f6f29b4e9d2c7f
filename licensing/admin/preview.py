"""The page that prices a story by a rate card, a draft above all, beside the card in force. It writes nothing."""

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from django import forms
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import Resolver404, resolve
from django.views.decorators.http import require_safe
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from articles.models import Article
from licensing.forms import UseForm
from licensing.models import Rate, RateCard
from licensing.money import in_words
from licensing.quotes import Choice, Quote, make_quote

NO_STORY = "No story in print has this address. Copy it from the story’s page, or write the seven letters and digits of its short id."


class StoryForm(forms.Form):
    """Which story: by its address, or by its short id."""

    story = forms.CharField(
        label="Story", max_length=400, error_messages={"required": "Say which story."},
        widget=UnfoldAdminTextInputWidget({"placeholder": "Its web address, or its short id", "autocomplete": "off"}),
    )  # fmt: skip

    def clean_story(self) -> Article:
        """Return the story; only what readers can see has an address."""
        found = Article.objects.public().for_licensing().filter(**_address(self.cleaned_data["story"])).first()
        if not found:
            raise forms.ValidationError(NO_STORY)
        return found


class AnswersForm(UseForm):
    """The questions of a card, as the newsroom's forms look; nothing is sent but an address."""

    key = price_shown = None

    def __init__(self, card: RateCard, story: Article, *args, **kwargs):
        super().__init__(card, story, *args, **kwargs)
        for name, field in self.fields.items():
            widget = UnfoldAdminCheckboxSelectMultipleWidget() if name == "pictures" else UnfoldAdminSelectWidget()
            widget.choices, field.widget = field.choices, widget
        self.fields["where"].label = "Which country, if one"

    @property
    def in_order(self) -> list:
        """The questions in the order in which a buyer reads them, the country after the territory."""
        names = [name for question in self.rates for name in ([question, "where"] if question == "territory" else [question])]
        return [self[name] for name in names]


@dataclass(frozen=True)
class Priced:
    """A card, what it asks for a story, and what it understands otherwise than the card that is tried."""

    card: RateCard
    quote: Quote | None
    notes: tuple[str, ...] = ()


@require_safe
def preview_page(request: HttpRequest, card: RateCard, context: dict) -> HttpResponse:
    """Show what a story costs by a card and by the card in force, for the same answers."""
    form = StoryForm(request.GET if "story" in request.GET else None)
    context |= {"title": f"{card}: try it on a story", "card": card, "form": form, "missing": _missing(card)}
    if not context["missing"] and form.is_valid():
        story = form.cleaned_data["story"]
        answers = AnswersForm(card, story, initial=request.GET.dict() | {"pictures": request.GET.getlist("pictures")})
        tried, beside = Priced(card, answers.quote), _beside(card, answers)
        difference = _difference(tried.quote, beside.quote) if beside and beside.quote else ""
        context |= {"story": story, "answers": answers, "tried": tried, "beside": beside, "difference": difference}
    return TemplateResponse(request, "admin/licensing/preview.html", context)


# --- Which story


def _address(text: str) -> dict:
    """Return what a story is looked up by, whatever form of its address was typed; nothing is found for anything else."""
    try:
        path = urlsplit(text if "://" in text else f"//{text}").path
        where = resolve(path).kwargs if path else {"short_id": text.lower()}
        if "short_id" in where:
            return {"short_id": where["short_id"]}
        return {"published_on": date(where["year"], where["month"], where["day"]), "slug": where["slug"]}
    except (Resolver404, ValueError, KeyError):
        return {"pk": None}


# --- What it costs


def _missing(card: RateCard) -> list[str]:
    """Return the questions that a card has to answer and does not."""
    answered = set(card.rates.values_list("question", flat=True))
    return [question.label for question in Rate.REQUIRED if question not in answered]


def _beside(card: RateCard, answers: AnswersForm) -> Priced | None:
    """Price the same answers by the card in force; None where there is none, or where it is this one."""
    current = RateCard.objects.current()
    if not current or current == card:
        return None
    choice, notes = same_on(current, answers.choice)
    quote = make_quote(current, answers.story, choice, grants=answers.grants) if choice else None
    return Priced(current, quote, tuple(notes))


def same_on(card: RateCard, choice: Choice) -> tuple[Choice | None, list[str]]:
    """Return the same answers on another card, and what it understands otherwise; no choice where it lacks one of the answers."""
    rates = {question: [] for question in Rate.Question}
    for rate in card.rates.all():
        rates[Rate.Question(rate.question)].append(rate)
    answers, notes = {}, []
    for question, offered in rates.items():
        chosen = getattr(choice, question.lower())
        same = next((rate for rate in offered if chosen and rate.key == chosen.key), None)
        if same:
            answers[question.lower()] = same
        elif chosen and offered:
            notes.append(f"It has no answer “{chosen.name}” ({chosen.key}) to “{question.label}?”, so it has no price for this.")
        elif chosen:
            notes.append(f"It does not ask “{question.label}?”.")
        elif offered:
            answers[question.lower()] = offered[0]
            notes.append(f"It also asks “{question.label}?”. This is its price for “{offered[0].name}”.")
    lacks = any(getattr(choice, question.lower()) and question.lower() not in answers for question, offered in rates.items() if offered)
    return None if lacks else Choice(**answers, country=choice.country, pictures=choice.pictures), notes


def _difference(tried: Quote, beside: Quote) -> str:
    """Return how two prices differ, as the end of a sentence; "" where there are not two."""
    if tried.refusal or beside.refusal:
        return ""
    if tried.currency != beside.currency:
        return "the card in force is in another currency."
    more = tried.total - beside.total
    words = f"{in_words(abs(more), tried.currency)} {'more' if more > 0 else 'less'} than" if more else "as much as"
    return f"{words} by the card in force{', without what the desk prices' if tried.is_open or beside.is_open else ''}."
