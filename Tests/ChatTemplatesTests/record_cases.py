"""Records what Jinja makes of the cases in cases.py, as transformers sets it up.

    pip install jinja2==3.1.6
    python record_cases.py
"""

import datetime
import json
import pathlib
import sys

from jinja2 import nodes
from jinja2.exceptions import TemplateError
from jinja2.ext import Extension
from jinja2.sandbox import ImmutableSandboxedEnvironment

NOW = datetime.datetime(2024, 2, 29, 7, 5, 9)


class Generation(Extension):
    """Blocks around what the model writes, which print their bodies."""

    tags = {"generation"}

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
        return nodes.CallBlock(self.call_method("_body"), [], [], body).set_lineno(line)

    def _body(self, caller):
        return caller()


def raise_exception(message):
    raise TemplateError(message)


def tojson(value, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
    return json.dumps(
        value, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys
    )


def environment():
    result = ImmutableSandboxedEnvironment(
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=[Generation, "jinja2.ext.loopcontrols"],
    )
    result.filters["tojson"] = tojson
    result.globals["raise_exception"] = raise_exception
    result.globals["strftime_now"] = NOW.strftime
    return result


def outcome(template, variables):
    """The text that a template makes, or None where it fails."""
    try:
        return environment().from_string(template).render(**variables)
    except Exception as error:
        print(f"{template[:60]!r}: {type(error).__name__}: {error}", file=sys.stderr)
        return None


def main():
    from cases import CASES, VARIABLES

    folder = pathlib.Path(__file__).parent
    cases = [
        {"feature": feature, "template": template, "expected": outcome(template, VARIABLES)}
        for feature, templates in CASES.items()
        for template in templates
    ]
    document = {"variables": VARIABLES, "cases": cases}
    text = json.dumps(document, ensure_ascii=False, indent=1)
    (folder / "cases.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
