"""What stands in the search's indexes of words, and which rows whose writing changes it: see search.py."""

from typing import NamedTuple

INDEXES = ("post_index", "file_index", "person_index", "title_index", "page_index", "workshop_index")
#: a file's entry has the number version * SLOTS + LAST, and that of its slide 12 is 12 less: so the newest version has
#: the highest numbers, and in it the file comes before its slides
SLOTS, LAST = 4096, 4095
#: begins what stands for a group or an audience on PostgreSQL. No word that is typed or written begins so
SIGN = "\ue000"
#: so many posts that follow each other bear the same mark: the newest are looked through first
BLOCK = 8192
_VERSION = f"CAST(v.id AS BIGINT) * {SLOTS} + {LAST}"


class Words(NamedTuple):
    """Where entries of an index come from. `scope`: marks of a group, of an open one, of about when, of an audience."""

    table: str
    number: str
    title: str
    words: str
    scope: tuple[str, ...]
    rows: str


_OPEN = "CASE WHEN g.kind = 'open' AND g.parent_id IS NULL THEN 'open' ELSE 'other' END"
POSTS = Words(
    "post_index", "p.id", "coalesce(t.title, '')", "p.body", ("p.group_id", _OPEN, f"'b' || (p.id / {BLOCK})"),
    'post p LEFT JOIN topic t ON t.id = p.topic_id AND p.no = 0 LEFT JOIN "group" g ON g.id = p.group_id',
)  # fmt: skip
FILES = Words(
    "file_index", _VERSION, "d.title", "v.name || ' ' || d.description", ("d.group_id", "d.audience"),
    "version v JOIN document d ON d.id = v.document_id",
)  # fmt: skip
SLIDES = Words(
    "file_index", f"{_VERSION} - s.number", "s.title",
    "CASE s.described WHEN '' THEN s.text ELSE s.described END || ' ' || s.notes", FILES.scope,
    f"{FILES.rows} JOIN slide s ON s.version_id = v.id",
)  # fmt: skip
PEOPLE = Words("person_index", "u.id", "u.name || ' ' || u.handle", "u.organisation", (), '"user" u')
TITLES = Words("title_index", "t.id", "t.title", "''", ("t.group_id", "t.kind"), "topic t")
PAGES = Words(
    "page_index", "w.id", "w.title", "w.body", ("w.group_id", _OPEN), 'page w LEFT JOIN "group" g ON g.id = w.group_id'
)
WORKSHOPS = Words(
    "workshop_index", "k.id", "k.title", "k.agenda", ("k.group_id", _OPEN),
    'workshop k LEFT JOIN "group" g ON g.id = k.group_id',
)  # fmt: skip
ALL = (POSTS, FILES, SLIDES, PEOPLE, TITLES, PAGES, WORKSHOPS)


class Cause(NamedTuple):
    """Rows whose writing changes entries: which entries are over (`OLD`), and which are made anew (`NEW`)."""

    table: str
    columns: str
    over: str
    anew: tuple[tuple[Words, str], ...]
    #: nothing hangs on such rows when they come and go, and only this change of theirs matters
    when: str = ""
    #: what its triggers are called, where a table is the cause of two things
    name: str = ""


_FILE = (
    f"SELECT {_VERSION} FROM version v WHERE v.document_id = OLD.id UNION ALL "  # noqa: S608 our own words, as all below
    f"SELECT {_VERSION} - s.number FROM version v JOIN slide s ON s.version_id = v.id WHERE v.document_id = OLD.id"
)
_SLOTS = f"CAST(OLD.id AS BIGINT) * {SLOTS} AND CAST(OLD.id AS BIGINT) * {SLOTS} + {LAST}"
_OPENING = "SELECT id FROM post WHERE topic_id = OLD.id AND no = 0"
_OPENED = "(OLD.kind = 'open' AND OLD.parent_id IS NULL) <> (NEW.kind = 'open' AND NEW.parent_id IS NULL)"
CAUSES = (
    Cause("post", "topic_id, group_id, no, body", "post_index WHERE rowid = OLD.id", ((POSTS, "p.id = NEW.id"),)),
    Cause("topic", "title", f"post_index WHERE rowid IN ({_OPENING})", ((POSTS, "p.topic_id = NEW.id AND p.no = 0"),)),
    Cause(
        "topic", "title, kind, group_id", "title_index WHERE rowid = OLD.id", ((TITLES, "t.id = NEW.id"),), name="title"
    ),
    Cause(
        "document", "group_id, title, description, audience", f"file_index WHERE rowid IN ({_FILE})",
        ((FILES, "v.document_id = NEW.id"), (SLIDES, "v.document_id = NEW.id")),
    ),
    Cause(
        "version", "document_id, name", f"file_index WHERE rowid BETWEEN {_SLOTS}",
        ((FILES, "v.id = NEW.id"), (SLIDES, "v.id = NEW.id")),
    ),
    Cause(
        "slide", "version_id, number, title, text, notes, described",
        f"file_index WHERE rowid = CAST(OLD.version_id AS BIGINT) * {SLOTS} + {LAST} - OLD.number",
        ((SLIDES, "s.id = NEW.id"),),
    ),
    Cause(
        "group", "kind, parent_id", "post_index WHERE rowid IN (SELECT id FROM post WHERE group_id = OLD.id)",
        ((POSTS, "p.group_id = NEW.id"),), _OPENED,
    ),
    Cause("page", "group_id, title, body", "page_index WHERE rowid = OLD.id", ((PAGES, "w.id = NEW.id"),)),
    Cause(
        "group", "kind, parent_id", "page_index WHERE rowid IN (SELECT id FROM page WHERE group_id = OLD.id)",
        ((PAGES, "w.group_id = NEW.id"),), _OPENED, "pages",
    ),
    Cause(
        "workshop", "group_id, title, agenda", "workshop_index WHERE rowid = OLD.id", ((WORKSHOPS, "k.id = NEW.id"),)
    ),
    Cause(
        "group", "kind, parent_id", "workshop_index WHERE rowid IN (SELECT id FROM workshop WHERE group_id = OLD.id)",
        ((WORKSHOPS, "k.group_id = NEW.id"),), _OPENED, "workshops",
    ),
    Cause("user", "name, handle, organisation", "person_index WHERE rowid = OLD.id", ((PEOPLE, "u.id = NEW.id"),)),
)  # fmt: skip
