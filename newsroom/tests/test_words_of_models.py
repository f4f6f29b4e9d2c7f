"""The sentences that the models of licensing say: a translator reaches all of them."""

import ast
import re
from pathlib import Path

import pytest
from django.conf import settings

MODELS = sorted((Path(settings.BASE_DIR) / "licensing" / "models").glob("*.py"))
TRANSLATED = {"_", "gettext", "gettext_lazy", "pgettext", "pgettext_lazy", "ngettext", "npgettext"}
FOR_THE_DESK_AND_THE_LOG = {"help_text", "DamagedPicture"}
SENTENCE = re.compile(r"\w.* .*\w[”)]?[.:!?]\W*$", re.DOTALL)


def sentences(node: ast.AST) -> list[str]:
    """Return the sentences that Python code holds and hands to no translator; what says what the code does is none."""
    name = getattr(node, "func", node)
    if {getattr(name, "id", ""), getattr(name, "attr", ""), getattr(node, "arg", "")} & (TRANSLATED | FOR_THE_DESK_AND_THE_LOG):
        return []
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return []
    if isinstance(node, ast.JoinedStr | ast.Constant):
        words = ast.unparse(node).lstrip("f")[1:-1]
        return [words] if SENTENCE.search(words) else []
    return [sentence for child in ast.iter_child_nodes(node) for sentence in sentences(child)]


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.stem)
def test_model_says_nothing_that_cannot_be_translated(path):
    assert sentences(ast.parse(path.read_text())) == []


def test_sentences_are_found_wherever_they_stand():
    spoken = 'raise Error(f"It is {state} still.")', 'hold(refusal="Not so. It waits.")', 'say(_("It is so."))', '"""Do it, please."""'

    assert sentences(ast.parse("\n".join(spoken))) == ["It is {state} still.", "Not so. It waits."]
