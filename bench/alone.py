"""One of gunicorn's workers without its master, for programs that can watch one process: `python -m bench.alone`.

With a folder it serves that instance's site, as `guildhall serve` does but without the consumer of jobs; else the bare
page.
"""

import os
import sys
from pathlib import Path
from typing import Any

from gunicorn import sock  # type: ignore[import-untyped]
from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]
from gunicorn.workers.gthread import ThreadWorker  # type: ignore[import-untyped]

from bench import bare
from bench.servers import HERE, THREADS
from forum import create_app
from forum.cli.server import keep_shared


class Served(BaseApplication):  # type: ignore[misc]
    """What is served, as gunicorn asks for it."""

    def __init__(self, port: int, instance: Path | None) -> None:
        self.port, self.instance = port, instance
        super().__init__()

    def load_config(self) -> None:
        """The same settings as bench.servers gives."""
        settings = {"bind": f"{HERE}:{self.port}", "threads": THREADS, "loglevel": "warning", "timeout": 600}
        for name, value in settings.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """The site, or the bare page."""
        if self.instance is None:
            return bare.app
        made = create_app(self.instance)
        keep_shared()
        return made


def main() -> None:
    """Serves until it is ended: PORT [INSTANCE]."""
    served = Served(int(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None)
    log = served.cfg.logger_class(served.cfg)
    sockets = sock.create_sockets(served.cfg, log)
    ThreadWorker(1, os.getppid(), sockets, served, served.cfg.timeout, served.cfg, log).init_process()


if __name__ == "__main__":
    main()
