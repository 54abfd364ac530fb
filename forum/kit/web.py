"""The request as we read it: bodies are limited before they are read, files go straight to disk."""

from typing import IO, Any

from flask import Request as FlaskRequest

from forum.kit.storage import Arrivals

#: seconds
STALLED = 30


class Request(FlaskRequest):
    """A request whose parts are counted: `max_form_parts` fields, each of bounded memory.

    Its body may be MAX_REQUEST long, unless a view that takes files has said where they arrive.
    """

    max_form_parts = 200
    arrivals: Arrivals | None = None

    def take_files(self, arrivals: Arrivals, margin: int) -> None:
        """From now on the body may bring files, and `margin` bytes besides. Call it before the form is read."""
        self.arrivals = arrivals
        self.max_content_length = arrivals.most * arrivals.largest + margin

    def take_piece(self, most: int) -> None:
        """From now on the body may have so many bytes. A line on which nothing comes for STALLED seconds has dropped.

        A telephone that is gone says no goodbye: without this its last request would wait, and hold what it writes to.
        """
        self.max_content_length = most + 1
        if line := self.environ.get("gunicorn.socket"):
            line.settimeout(STALLED)

    def _get_file_stream(self, total_content_length: int | None, content_type: str | None,
                         filename: str | None = None, content_length: int | None = None) -> IO[bytes]:  # fmt: skip
        if self.arrivals is None:
            return super()._get_file_stream(total_content_length, content_type, filename, content_length)
        stream: Any = self.arrivals.open(filename or "")
        return stream  # type: ignore[no-any-return]

    def close(self) -> None:
        """Closes what is open, and removes the files that nobody kept."""
        super().close()
        if self.arrivals is not None:
            self.arrivals.clear()
