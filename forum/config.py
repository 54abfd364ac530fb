"""Every setting: default, unit, meaning. Order: these defaults, `instance/config.py`, `FLASK_*` in the environment.

The app refuses to start on a default or short secret, on an unknown setting of ours, and on half a configuration.
"""

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from flask import Config


class BadConfig(Exception):
    """The settings can't be used; the message says which and why."""


class Setting(NamedTuple):
    """One setting: what it is when nobody says otherwise, and what it means."""

    default: Any
    meaning: str


BROWSERS = ["fcm.googleapis.com", "updates.push.services.mozilla.com", "web.push.apple.com", "*.notify.windows.com"]
SETTINGS: dict[str, Setting] = {
    "SITE_NAME": Setting("Guildhall", "name of the site, in titles and mail"),
    "BASE_URL": Setting("http://127.0.0.1:8000", "address of the site as people type it; links in mail begin with it"),
    "TRUSTED_HOSTS": Setting([], "hosts the site answers to (list); empty = of BASE_URL, 127.0.0.1 and localhost"),
    "TRUSTED_PROXIES": Setting(0, "how many proxies in front add X-Forwarded-* headers (number)"),
    "SECRET_KEY": Setting(
        "", "signs cookies and links, at least 32 characters; made by `bin/up` in instance/secrets.json"
    ),
    "SECRET_KEY_FALLBACKS": Setting([], "former secret keys that still open cookies, newest first (list)"),
    "SECURITY_PASSWORD_SALT": Setting("", "salts signed links, as long; made by `bin/up` in instance/secrets.json"),
    "DATABASE_URL": Setting("", "database, as SQLAlchemy writes it; empty = instance/forum.sqlite"),
    "FILES_DIR": Setting("", "folder of the uploaded files; empty = instance/files"),
    "STORAGE_URL": Setting(
        "", "where uploaded files are kept: `s3://bucket/prefix`; empty = in FILES_DIR, where they arrive in any case"
    ),
    "S3_ENDPOINT": Setting("", "address of the S3 server, for example https://s3.example.org; empty = Amazon's"),
    "S3_REGION": Setting("us-east-1", "region of the bucket"),
    "S3_ACCESS_KEY": Setting("", "name of our key to the bucket; needed with STORAGE_URL"),
    "S3_SECRET_KEY": Setting("", "its secret; needed with STORAGE_URL"),
    "X_ACCEL": Setting("", "place in nginx, such as `/-/files/`, that hands out FILES_DIR for us; empty = we do"),
    "CLAMD_URL": Setting("", "virus scanner clamd, `tcp://127.0.0.1:3310` or `unix:/run/clamav/clamd.ctl`; empty: no"),
    "AKISMET_KEY": Setting("", "key to Akismet, asked about doubtful posts of open groups; empty = it is not asked"),
    "AKISMET_URL": Setting("https://rest.akismet.com/1.1/comment-check", "where Akismet is asked"),
    "REDIS_URL": Setting("", "Redis for rate limits shared between machines; empty = kept in each process's memory"),
    "TIMEZONE": Setting("Europe/London", "time zone of people who have not chosen one (IANA name)"),
    "GROUP_CREATION": Setting("registered", "who starts new top-level groups: `registered` people or `admins`"),
    "POSTS_PER_PAGE": Setting(50, "replies of the first level on one page of a topic (number)"),
    "TOPICS_PER_PAGE": Setting(25, "topics on one page of a group (number)"),
    "VISIT_GAP": Setting(1800, "a visit to a topic ends after so long without opening it (seconds)"),
    "BUFFER_DELAY": Setting(2.0, "read markers and last-use times wait at most so long (seconds); 0 = not at all"),
    "MAX_REQUEST": Setting(1024 * 1024, "largest request without files (bytes)"),
    "MAX_UPLOAD": Setting(500 * 1024 * 1024, "largest single file (bytes)"),
    "MAX_FILES": Setting(20, "files in one post (number)"),
    "ZIP_MOST": Setting(2 * 1024**3, "what all files of one zip can have together (bytes)"),
    "UPLOAD_QUOTA_PERSON": Setting(5 * 1024**3, "what all files of one person can have (bytes); 0 = no limit"),
    "UPLOAD_QUOTA_GROUP": Setting(0, "what all files of one group can have (bytes); 0 = no limit"),
    "SESSION_IDLE": Setting(30 * 24 * 3600, "a browser not used for so long is signed out (seconds)"),
    "SESSION_ABSOLUTE": Setting(180 * 24 * 3600, "every browser is signed out after so long (seconds)"),
    "INVITATION_DAYS": Setting(14, "an invitation is worth nothing after so long (days)"),
    "REQUEST_WAIT_DAYS": Setting(7, "after a refusal one may ask again after so long (days)"),
    "RATELIMIT_ENABLED": Setting(True, "whether sign-in, posting and other actions are limited per person and address"),
    "LIMIT_SIGN_IN": Setting("10 per 10 minutes", "sign-in tries per address and per account"),
    "LIMIT_ACCOUNT": Setting("5 per hour", "registrations, resets and confirmation mails per address"),
    "LIMIT_POST": Setting("30 per 10 minutes", "topics and replies per person"),
    "LIMIT_UPLOAD": Setting("100 per hour", "uploads per person"),
    "LIMIT_ZIP": Setting("20 per hour", "zips of several files per person"),
    "LIMIT_INVITE": Setting("50 per day", "invitations, requests to join and new groups per person"),
    "LIMIT_FEED": Setting("240 per hour", "fetches of feeds per key or address"),
    "LIMIT_REPORT": Setting("20 per day", "reports per person"),
    "LIMIT_SEARCH": Setting("60 per minute", "searches per person"),
    "SEARCH_DEADLINE": Setting(2.0, "the database gives up on a search after so long (seconds)"),
    "SMTP_HOST": Setting("", "mail server; empty = mail is written to instance/mail"),
    "SMTP_PORT": Setting(587, "its port (number)"),
    "SMTP_USER": Setting("", "name to sign in to the mail server"),
    "SMTP_PASSWORD": Setting("", "password to sign in to the mail server"),
    "SMTP_SECURITY": Setting("starttls", "`starttls`, `tls` or `none`"),
    "MAIL_FROM": Setting("", "address that mail comes from; needed with SMTP_HOST"),
    "MAIL_IN_DOMAIN": Setting("", "domain after the @ of reply and bounce addresses; empty = no mail is taken in"),
    "MAIL_IN_DAYS": Setting(30, "a mail can be answered for so long (days)"),
    "MAIL_IN_MOST": Setting(10 * 1024 * 1024, "largest mail that is taken (bytes)"),
    "WEB_PUSH": Setting(False, "whether browsers may show that something is new (needs `pip install guildhall[push]`)"),
    "PUSH_SERVICES": Setting(BROWSERS, "where messages for browsers may go (list): their makers' services"),
    "CONTACT": Setting("", "address of the people who run the site, shown on help and error pages"),
}
PLAIN = ("SERVER_NAME",)
#: what a test sets in its own code; no file and no variable of a running site can
TESTS = ("TESTING", "PROPAGATE_EXCEPTIONS")
KEPT_SECRET = ("SECRET_KEY", "SECURITY_PASSWORD_SALT")
#: what a setting looks like that is not empty, and how that is said
FORMS = {
    "BASE_URL": (r"https?://[^/]*", "like https://forum.example.org, without a path"),
    "SMTP_SECURITY": ("starttls|tls|none", "starttls, tls or none"),
    "GROUP_CREATION": ("registered|admins", "registered or admins"),
    "STORAGE_URL": (r"s3://[a-z0-9][a-z0-9.-]+(/[\w-][\w.-]*)*/?", "like s3://bucket or s3://bucket/prefix"),
    "S3_ENDPOINT": (r"https?://.+", "like https://s3.example.org"),
    "MAIL_IN_DOMAIN": (r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?", "like forum.example.org, in small letters"),
    "X_ACCEL": (r"/([\w-][\w.-]*/)+", "like /-/files/, a place in nginx with a slash at each end"),
    "CLAMD_URL": (r"tcp://[\w.:\[\]-]+:\d+|unix:/.+", "like tcp://127.0.0.1:3310 or unix:/run/clamav/clamd.ctl"),
}
#: Flask's own variables
FLASKS = ("FLASK_APP", "FLASK_DEBUG", "FLASK_ENV", "FLASK_RUN_", "FLASK_SKIP_DOTENV")


def instance_folder() -> Path:
    """The folder of this site's settings, database and files: GUILDHALL_INSTANCE, else `instance/` beside the code."""
    return Path(os.environ.get("GUILDHALL_INSTANCE") or Path(__file__).resolve().parent.parent / "instance").resolve()


def load(config: Config, instance: Path, given: Mapping[str, Any] | None = None) -> None:
    """Fills an app's config from the defaults, the instance folder, the environment and `given`, and checks it.

    Raises BadConfig.
    """
    ours: dict[str, Any] = {name: setting.default for name, setting in SETTINGS.items()}
    _take(ours, _secrets(instance / "secrets.json"), "instance/secrets.json")
    own = Config(instance)
    own.from_pyfile(str(instance / "config.py"), silent=True)
    _take(ours, own, "instance/config.py")
    _take(ours, _environment(), "the environment")
    _take(ours, given or {}, "the caller", TESTS)
    ours["DATABASE_URL"] = ours["DATABASE_URL"] or f"sqlite:///{instance / 'forum.sqlite'}"
    ours["FILES_DIR"] = ours["FILES_DIR"] or str(instance / "files")
    _check(ours)
    config.update(ours, DEBUG=False)


def _secrets(path: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(path.read_text())
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise BadConfig(f"instance/secrets.json is not JSON: {error}") from None
    return found


def _environment() -> dict[str, Any]:
    """What FLASK_* variables say; values are JSON where they parse as JSON."""
    named = {name for name in os.environ if name.startswith("FLASK_") and not name.startswith(FLASKS)}
    return {name[6:]: _value(os.environ[name]) for name in named}


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _take(ours: dict[str, Any], found: Mapping[str, Any], where: str, more: tuple[str, ...] = ()) -> None:
    for name, value in found.items():
        if name not in SETTINGS and name not in PLAIN + more:
            raise BadConfig(f"{where} sets {name}, which is no setting of Guildhall")
        wanted = SETTINGS[name].default if name in SETTINGS else value
        fits = isinstance(value, type(wanted)) or (isinstance(wanted, float) and isinstance(value, int))
        if not fits or (isinstance(value, bool) != isinstance(wanted, bool)):
            raise BadConfig(f"{name} in {where} must be {type(wanted).__name__}, not {type(value).__name__}")
        ours[name] = value


def _secret(key: Any) -> bool:
    """Whether nobody can guess it."""
    return isinstance(key, str) and len(key) >= 32 and len(set(key)) >= 8


def _check_secrets(ours: Mapping[str, Any]) -> None:
    for name in KEPT_SECRET:
        if not _secret(ours[name]):
            raise BadConfig(
                f"{name} is missing, too short or a default: run bin/up once, or set at least 32 random characters"
            )
    if not all(_secret(key) for key in ours["SECRET_KEY_FALLBACKS"]):
        raise BadConfig("SECRET_KEY_FALLBACKS holds a key that is too short or a default: take it out")


def check_forms(ours: Mapping[str, Any]) -> None:
    """Nothing, if each setting is of its form. Raises BadConfig."""
    for name, (form, words) in FORMS.items():
        if (ours[name] or SETTINGS[name].default) and not re.fullmatch(form, ours[name]):
            raise BadConfig(f"{name} must be {words}")
    keys = (ours["S3_ACCESS_KEY"], ours["S3_SECRET_KEY"])
    if bool(keys[0]) != bool(keys[1]) or (ours["STORAGE_URL"] and not all(keys)):
        raise BadConfig("STORAGE_URL needs S3_ACCESS_KEY and S3_SECRET_KEY: set both")


def _check(ours: Mapping[str, Any]) -> None:
    _check_secrets(ours)
    if ours["SMTP_HOST"] and not ours["MAIL_FROM"]:
        raise BadConfig("SMTP_HOST is set, MAIL_FROM is not: say which address mail comes from")
    if bool(ours["SMTP_USER"]) != bool(ours["SMTP_PASSWORD"]):
        raise BadConfig("SMTP_USER and SMTP_PASSWORD belong together: set both or neither")
    check_forms(ours)
