"""Several files at once: moved into a folder, said what they are; and folders that get another name."""

from collections.abc import Callable
from typing import Any

from forum.kit.db import db
from forum.models import AuditEntry, Document
from tests.library.conftest import PDF, address, own_documents, upload
from tests.library.test_library import titles

Shelve = Callable[..., Document]
HERE = "/groups/performance/library"


def folders(*documents: Document) -> list[str]:
    """The folders that documents are in."""
    db.session.expire_all()
    return [document.folder for document in documents]


def test_one_moves_ones_own_files_and_hears_why_not_the_others(community: Any, as_: Any, shelve: Shelve) -> None:
    mine, hers = (
        shelve("performance", "maya", "a.pdf", title="Mine"),
        shelve("performance", "ruth", "b.pdf", title="Hers"),
    )
    maya = as_(community.maya)
    page = maya.get(f"{HERE}/moving?n={mine.n}&n={hers.n}").get_data(as_text=True)
    assert "Move 1 file" in page and "1 file of others stay where they are" in page and "“Hers”" in page
    sent = maya.post(f"{HERE}/moving", data={"n": [mine.n, hers.n], "folder": "Plans & more"})
    assert sent.status_code == 303 and sent.headers["Location"] == f"{HERE}?folder=Plans+%26+more"
    assert folders(mine, hers) == ["Plans & more", ""]
    assert "1 file is in “Plans &amp; more” now" in maya.get(sent.headers["Location"]).get_data(as_text=True)
    as_(community.priya).post(f"{HERE}/moving", data={"n": [mine.n, hers.n], "folder": ""})
    assert folders(mine, hers) == ["", ""]


def test_a_file_one_may_not_know_of_is_as_none_among_the_chosen(community: Any, as_: Any, shelve: Shelve) -> None:
    secret = shelve("performance", "ruth", "s.pdf", title="Kestrel", audience="facilitators")
    maya = as_(community.maya)
    for below in ("moving", "details"):
        there, nowhere = (maya.get(f"{HERE}/{below}?n={n}").get_data(as_text=True) for n in (secret.n, 9999))
        assert there == nowhere and "Kestrel" not in there
        assert maya.post(f"{HERE}/{below}", data={"n": [secret.n], "folder": "X"}).status_code == 422
    assert folders(secret) == [""]


def test_a_folder_name_that_is_too_long_is_refused_and_kept(community: Any, as_: Any, shelve: Shelve) -> None:
    mine, maya = shelve("performance", "maya", "a.pdf", title="Mine"), as_(community.maya)
    reply = maya.post(f"{HERE}/moving", data={"n": [mine.n], "folder": "x" * 61})
    page = reply.get_data(as_text=True)
    assert reply.status_code == 422 and "must be 60 characters or fewer" in page and "x" * 61 in page and "Mine" in page
    assert folders(mine) == [""]


def test_after_adding_several_each_is_said_what_it_is_together(community: Any, as_: Any) -> None:
    maya = as_(community.maya)
    where = upload(maya, "performance", (PDF, "one.pdf"), (b"two", "two.txt"), folder="May").headers["Location"]
    page = maya.get(where).get_data(as_text=True)
    assert page.count('-folder" type="text" value="May"') == 2 and 'value="One"' in page and 'value="Two"' in page
    one, two = own_documents(community.maya)[-2:]
    said = {"n": [one.n, two.n]}
    for document, title, tags in ((one, "First", "letters"), (two, "", "a,b,c,d,e,f")):
        said |= {f"f{document.n}-title": title, f"f{document.n}-tags": tags, f"f{document.n}-folder": "June"}
    refused = maya.post(f"{HERE}/details", data=said)
    page = refused.get_data(as_text=True)
    assert refused.status_code == 422 and "<title>Error: " in page
    assert f'href="#f{two.n}-title">Write a title' in page and f'href="#f{two.n}-tags">Use 5 tags or fewer' in page
    assert 'value="First"' in page and 'value="June"' in page and folders(one, two) == ["May", "May"]
    kept = maya.post(f"{HERE}/details", data={**said, f"f{two.n}-title": "Second", f"f{two.n}-tags": "b"})
    assert kept.status_code == 303 and folders(one, two) == ["June", "June"]
    assert set(titles(maya.get(f"{HERE}?folder=June"))) - {"June"} == {"First", "Second"}
    assert titles(maya.get(f"{HERE}?tag=letters")) == ["First"]


def test_the_page_of_many_takes_no_more_statements(community: Any, as_: Any, shelve: Shelve, watch: Any) -> None:
    numbers = [shelve("performance", "maya", f"{n}.pdf").n for n in range(20)]
    maya, counts = as_(community.maya), []
    maya.get(HERE)
    for many in (5, 20):
        with watch() as seen:
            maya.get(f"{HERE}/details?" + "&".join(f"n={n}" for n in numbers[:many]))
        counts.append(len(seen.statements))
    assert counts[0] == counts[1] <= 8


def test_facilitators_rename_a_folder_with_all_that_is_in_it(community: Any, as_: Any, shelve: Shelve) -> None:
    one, few = (
        shelve("performance", "maya", "a.pdf", folder="Old"),
        shelve("performance", "ruth", "b.pdf", folder="Old", audience="facilitators"),
    )
    other = shelve("performance", "ruth", "c.pdf", folder="New name")
    elsewhere = shelve("reorganisation", "tom", "d.pdf", folder="Old")
    priya, maya = as_(community.priya), as_(community.maya)
    assert "Rename this folder" in priya.get(f"{HERE}?folder=Old").get_data(as_text=True)
    assert "Rename this folder" not in maya.get(f"{HERE}?folder=Old").get_data(as_text=True)
    assert "2 files are in" in priya.get(f"{HERE}/folder?name=Old").get_data(as_text=True)
    assert maya.post(f"{HERE}/folder?name=Old", data={"name": "Mine"}).status_code == 403
    assert priya.post(f"{HERE}/folder?name=Old", data={"name": " "}).status_code == 422
    assert priya.post(f"{HERE}/folder?name=Nowhere", data={"name": "X"}).status_code == 404
    sent = priya.post(f"{HERE}/folder?name=Old", data={"name": "New name"})
    assert sent.status_code == 303 and folders(one, few, other, elsewhere) == ["New name"] * 3 + ["Old"]
    assert db.session.query(AuditEntry).filter_by(action="folder.renamed").count() == 1
    assert as_(community.maya).get(address(few)).status_code == 404
