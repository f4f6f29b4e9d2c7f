"""ninjs documents, held against the standard."""

import json
from pathlib import Path

from jsonschema import Draft202012Validator, FormatChecker

SCHEMA = Path(__file__).parent / "schemas" / "ninjs-3.1-profile.json"


def complaints_about(ninjs: str | bytes) -> list[str]:
    """Return what is wrong with a document, its moments and addresses included."""
    validator = Draft202012Validator(json.loads(SCHEMA.read_text()), format_checker=FormatChecker())
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(json.loads(ninjs))]
