"""Pieces of a page that look the same whenever they are made of the same things: made once, then remembered.

`{{ remembered(topic, row, base) }}` is `{{ topic(row, base) }}`. What a macro is given is the whole key, so nothing
stale can be shown, and nothing of one reader's to another. It looks at nothing else: not at the clock, nor the reader.
"""

from typing import Any

import jinja2
from flask import Flask
from markupsafe import Markup

from forum.kit.cache import Lru

#: how many pieces are remembered in each process: most are under 1 KB
KEPT = 3_000


class Template(jinja2.Template):
    """A template whose macros are imported as they were made first.

    Jinja compares the globals of both templates at each import, for those who give templates globals of their own;
    we never do, and it took a tenth of a millisecond a page.
    """

    def _get_default_module(self, ctx: Any = None) -> Any:
        if self._module is None:
            self._module = self.make_module()
        return self._module


def init_app(app: Flask) -> None:
    """Templates know `remembered`. Its arguments must be hashable."""
    app.jinja_env.template_class = Template
    pieces: Lru[Any, Markup] = Lru(KEPT)

    def remembered(macro: Any, *facts: Any) -> Markup:
        return pieces.get_or_make((macro, facts), lambda: macro(*facts))

    app.jinja_env.globals["remembered"] = remembered
