"""Text as it may stand in HTML, for what is joined into a page at once.

`markupsafe.escape` makes a Markup of each piece, which takes eight times as long as the escaping itself: two hundred
times on a page of the search. Its function beneath isn't public; a release without it costs that time again, no more.
"""

from collections.abc import Callable

import markupsafe

escaped_text: Callable[[str], str] = getattr(markupsafe, "_escape_inner", markupsafe.escape)
