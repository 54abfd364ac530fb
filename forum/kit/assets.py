"""Static files from memory; styles joined in one, scripts too, under an address that changes with them.

Each file lives at /static/<rev>/<name>; rev is a hash over all of them, so relative imports and url() hold and
every answer may be kept for ever. Nothing is written; compressed copies are made when first asked for.
"""

import hashlib
import mimetypes
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import brotli
from flask import Flask, Response, abort, request
from markupsafe import Markup

FOREVER = "public, max-age=31536000, immutable"
#: in the order in which they need each other; the others are fetched when somebody needs them
SCRIPTS = tuple(f"js/{name}.js" for name in ("menu", "progress", "composer", "reply", "upload", "waiting", "app"))
#: what only separate modules need, and lines that are nothing but a comment
BETWEEN_MODULES = re.compile(rb"^import .*\n|^export (?:default )?|^ *//.*\n", re.MULTILINE)
COMMENT = re.compile(rb" */\*.*?\*/\n?", re.DOTALL)
#: a static file is no page: were one opened as such, it could load nothing
POLICY = "default-src 'none'"
FIRST = ("css/layers.css", "css/tokens.css", "css/reset.css", "css/base.css", "css/layout.css")
LAST = ("css/utilities.css",)
TEXT = ("text/", "image/svg+xml", "application/json")
TYPES = {".woff2": "font/woff2", ".js": "text/javascript", ".svg": "image/svg+xml", ".webp": "image/webp"}


@dataclass(frozen=True)
class Asset:
    """One file as it is sent."""

    kind: str
    plain: bytes

    @cached_property
    def brotli(self) -> bytes:
        """The bytes as small as they get."""
        return bytes(brotli.compress(self.plain))

    @cached_property
    def gzip(self) -> bytes:
        """The bytes for a client without brotli."""
        packer = zlib.compressobj(9, wbits=31)
        return packer.compress(self.plain) + packer.flush()

    def coded(self, accepted: str) -> tuple[str, bytes]:
        """The best encoding among those accepted (the client's header), and the bytes in it."""
        if self.kind.startswith(TEXT):
            for name, token in (("brotli", "br"), ("gzip", "gzip")):
                if token in accepted:
                    return token, getattr(self, name)
        return "", self.plain


class Assets:
    """Every static file of the site, and where it is."""

    def __init__(self, folder: Path) -> None:
        self.files = {name: Asset(kind(name), data) for name, data in sorted(gather(folder).items())}
        digest = hashlib.sha256()
        for name, asset in self.files.items():
            digest.update(f"{name}\0{len(asset.plain)}\0".encode() + asset.plain)
        self.rev = digest.hexdigest()[:10]
        self.urls = {name: Markup(f"/static/{self.rev}/{name}") for name in self.files}  # noqa: S704 our own names

    def url(self, name: str) -> Markup:
        """The address of a static file: asset('css/site.css'). Raises KeyError for one that is not there."""
        return self.urls[name]

    def send(self, rev: str, name: str) -> Response:
        """The file. A page from before an update asks with its old rev: it gets today's file, for now only."""
        asset = self.files.get(name)
        if asset is None:
            abort(404)
        code, data = asset.coded(request.headers.get("Accept-Encoding", ""))
        reply = Response(data, content_type=asset.kind)
        reply.headers["Cache-Control"] = FOREVER if rev == self.rev else "no-cache"
        reply.headers["Vary"] = "Accept-Encoding"
        reply.headers["Content-Security-Policy"] = POLICY
        if code:
            reply.headers["Content-Encoding"] = code
        return reply


def init_app(app: Flask, folder: Path | None = None) -> Assets:
    """The site's assets, served and known to templates as asset(name). The app must be made with static_folder=None."""
    assets = Assets(folder or Path(app.root_path) / "static")
    app.add_url_rule("/static/<rev>/<path:name>", "static", assets.send)
    app.jinja_env.globals["asset"] = assets.url
    app.jinja_env.globals["icon"] = icons(assets)
    return assets


def icons(assets: Assets) -> Callable[..., Markup]:
    """What draws an icon from the sprite. A function: as a macro it was called twenty times a page, and seen there."""

    @lru_cache(maxsize=256)
    def icon(name: str, label: str | None = None) -> Markup:
        """An icon; its label is said but not shown, for a control without words."""
        drawn = Markup('<svg class="icon" aria-hidden="true"><use href="{}#{}"/></svg>')
        drawn = drawn.format(assets.url("img/icons.svg"), name)
        return drawn + Markup('<span class="vh">{}</span>').format(label) if label else drawn

    return icon


def gather(folder: Path) -> dict[str, bytes]:
    """Name and bytes of all that is served: the files, and the two joined ones."""
    found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    found["css/site.css"] = COMMENT.sub(b"", b"".join(found[name] for name in styles(found)))
    found["js/site.js"] = BETWEEN_MODULES.sub(b"", b"".join(found[name] for name in SCRIPTS))
    return found


def styles(names: dict[str, bytes]) -> Iterator[str]:
    """The style sheets in the order of their layers. Files of their own stay tokens-dark and rooms/, for few pages."""
    yield from FIRST
    yield from sorted(name for name in names if name.startswith("css/components/"))
    yield from LAST


def kind(name: str) -> str:
    """The content type by the name's end."""
    found = TYPES.get(Path(name).suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    return f"{found}; charset=utf-8" if found.startswith("text/") else found
