"""The demo community's content holds together: every reference resolves, and every standing is lawful."""

import re
import tomllib
from pathlib import Path

import pytest

DEMO = Path(__file__).resolve().parents[2] / "forum" / "demo"
FILES = DEMO / "files"
KINDS = ["open", "restricted", "private", "hidden"]
AUDIENCES = ["web", "registered", "members", "facilitators"]
INSIDE = {"owner", "facilitator", "member"}
ONCE_INSIDE = INSIDE | {"former", "banned"}
STANDINGS = ONCE_INSIDE | {"pending", "invited"}


def rows(name):
    return tomllib.loads((DEMO / f"{name}.toml").read_text(encoding="utf-8"))


PEOPLE = {p["key"]: p for p in rows("people")["person"]}
GROUPS = {g["slug"]: g for g in rows("groups")["group"]}
TOPICS = {t["key"]: t for t in rows("topics")["topic"]}
DOCUMENTS = {d["key"]: d for d in rows("library")["document"]}


def seat(person, group):
    found = [s for s in PEOPLE[person]["seats"] if s["group"] == group]
    assert len(found) <= 1, f"{person} sits twice in {group}"
    return found[0] if found else {"standing": "none", "days_ago": 0}


def standing(person, group):
    return seat(person, group)["standing"]


def people_as(group, *standings):
    return {p for p in PEOPLE if standing(p, group) in standings}


def posts():
    for topic in TOPICS.values():
        yield topic["group"], topic
        for reply in topic.get("reply", []):
            yield topic["group"], reply


def test_no_key_is_used_twice():
    for name, row in {"people": "person", "groups": "group", "topics": "topic", "library": "document"}.items():
        keys = [r.get("key") or r["slug"] for r in rows(name)[row]]
        assert len(keys) == len(set(keys)), name


def test_only_an_answer_to_a_question_is_accepted():
    found = [topic for topic in TOPICS.values() if "accepted" in topic]
    assert found
    for topic in found:
        assert topic["kind"] == "question"
        assert topic["reply"][topic["accepted"] - 1]["author"] != topic["author"]


@pytest.mark.parametrize("key", PEOPLE)
def test_person_is_complete(key):
    person = PEOPLE[key]
    assert person["email"] == f"{person['handle']}@example.org"
    assert re.fullmatch(r"[a-z]{2,20}", person["handle"])
    assert person["name"] and person["organisation"] and person["job_title"]
    assert person["status"] in {"active", "unconfirmed", "suspended"}
    assert set(person.get("shows", {})) <= {"organisation", "job_title", "about", "expertise"}
    assert set(person.get("shows", {}).values()) <= {"registered", "groups", "nobody"}


@pytest.mark.parametrize("key", PEOPLE)
def test_seats_are_in_known_groups_and_younger_than_the_account(key):
    for s in PEOPLE[key]["seats"]:
        assert s["group"] in GROUPS and s["standing"] in STANDINGS
        assert s["days_ago"] <= PEOPLE[key]["joined_days_ago"]
        assert s["days_ago"] <= GROUPS[s["group"]]["days_ago"]
        if s["standing"] in {"invited", "banned"}:
            assert standing(s["by"], s["group"]) in {"owner", "facilitator"}


@pytest.mark.parametrize("slug", GROUPS)
def test_group_is_complete(slug):
    group = GROUPS[slug]
    assert group["kind"] in KINDS and group["hue"] in range(1, 9) and len(group["emblem"]) == 2
    assert len(group["summary"]) <= 160 and group["about"].strip() and group["subjects"] and group["welcome_text"]
    if group["kind"] == "restricted":
        assert group["refusal_text"]
    assert people_as(slug, "owner"), "a group needs an owner"


@pytest.mark.parametrize("slug", GROUPS)
def test_switches_fit_the_kind(slug):
    group, fits = GROUPS[slug], {"public_reading": "open", "single_files_open": "restricted"}
    for switch in group.get("switches", {}):
        assert switch in {*fits, "only_facilitators_upload", "only_facilitators_start", "members_invite"}
        assert fits.get(switch, group["kind"]) == group["kind"]


@pytest.mark.parametrize("slug", [s for s, g in GROUPS.items() if "parent" in g])
def test_child_stands_below_its_parent(slug):
    child, order = GROUPS[slug], list(GROUPS)
    parent = GROUPS[child["parent"]]
    assert order.index(child["parent"]) < order.index(slug)
    assert KINDS.index(child["kind"]) >= KINDS.index(parent["kind"])
    assert child["days_ago"] <= parent["days_ago"]
    for person in people_as(slug, *INSIDE, "pending", "invited"):
        assert standing(person, child["parent"]) in INSIDE


def test_groups_are_two_levels_below_the_top_at_most():
    def depth(group):
        return 1 + depth(GROUPS[group["parent"]]) if "parent" in group else 0

    assert max(map(depth, GROUPS.values())) == 2


@pytest.mark.parametrize("key", TOPICS)
def test_topic_is_complete_and_its_replies_follow_in_time(key):
    topic = TOPICS[key]
    assert topic["group"] in GROUPS and topic["kind"] in {"question", "discussion", "announcement"}
    assert 10 < len(topic["title"]) <= 120 and 0 < len(topic["tags"]) <= 5
    if topic["kind"] == "announcement" or "only_facilitators_start" in GROUPS[topic["group"]].get("switches", {}):
        assert standing(topic["author"], topic["group"]) in {"owner", "facilitator"}
    ages = [topic["days_ago"], *(r["days_ago"] for r in topic.get("reply", []))]
    assert ages == sorted(ages, reverse=True) and len(set(ages)) == len(ages) and ages[-1] > 0


@pytest.mark.parametrize("key", TOPICS)
def test_reply_answers_an_earlier_one(key):
    for number, reply in enumerate(TOPICS[key].get("reply", []), 1):
        assert 1 <= reply.get("to", 1) <= max(1, number - 1)
        assert "to" not in reply or reply["to"] < number
        if "hidden_by" in reply:
            assert standing(reply["hidden_by"], TOPICS[key]["group"]) in {"owner", "facilitator"}


def test_authors_were_in_the_group_when_they_wrote():
    for group, post in posts():
        author = seat(post["author"], group)
        assert author["standing"] in ONCE_INSIDE, (group, post["author"])
        if author["standing"] in INSIDE:
            assert post["days_ago"] <= author["days_ago"], (group, post["author"])
        else:
            assert post["days_ago"] > author["days_ago"], (group, post["author"])
        assert post["days_ago"] > PEOPLE[post["author"]].get("suspended_days_ago", 0)


def test_mentioned_people_are_in_the_group():
    mentioned = [(group, handle) for group, post in posts() for handle in re.findall(r"(?<!\w)@(\w+)", post["body"])]
    assert mentioned
    for group, handle in mentioned:
        assert standing(handle, group) in INSIDE


@pytest.mark.parametrize("key", DOCUMENTS)
def test_document_is_complete_and_stands_where_it_says(key):
    document = DOCUMENTS[key]
    assert (FILES / document["file"]).is_file()
    assert document["title"] and document["description"] and document["licence"]
    assert standing(document["uploader"], document["group"]) in INSIDE
    assert ("days_ago" in document) != ("topic" in document)
    if "topic" in document:
        topic = TOPICS[document["topic"]]
        post = topic["reply"][document["reply"] - 1] if "reply" in document else topic
        assert topic["group"] == document["group"] and post["author"] == document["uploader"]
        assert "hidden_by" not in post


@pytest.mark.parametrize("key", DOCUMENTS)
def test_audience_of_a_file_is_no_wider_than_the_rule_allows(key):
    document = DOCUMENTS[key]
    group = GROUPS[document["group"]]
    single = group.get("switches", {}).get("single_files_open", False)
    widest = {"open": "registered", "restricted": "registered" if single else "members"}.get(group["kind"], "members")
    if group["kind"] == "open" and standing(document["uploader"], group["slug"]) == "owner":
        widest = "web"
    assert AUDIENCES.index(document["audience"]) >= AUDIENCES.index(widest)
    if document["audience"] == "registered" and group["kind"] == "restricted":
        assert standing(document["uploader"], group["slug"]) in {"owner", "facilitator"}


def test_the_community_has_everybody_the_tests_call_for():
    assert [p for p in PEOPLE.values() if p.get("admin")] == [PEOPLE["grace"]]
    assert (standing("ruth", "performance"), standing("ruth", "policy")) == ("owner", "facilitator")
    assert (standing("maya", "performance"), standing("priya", "performance")) == ("member", "facilitator")
    assert [s["group"] for s in PEOPLE["joanna"]["seats"]] == ["service-design"]
    assert [s["group"] for s in PEOPLE["sam"]["seats"]] == ["policy"]
    assert (standing("leon", "performance"), standing("omar", "reorganisation")) == ("pending", "invited")
    assert (standing("hugh", "performance"), standing("vic", "performance")) == ("former", "banned")
    assert (PEOPLE["gareth"]["status"], PEOPLE["beth"]["status"]) == ("suspended", "unconfirmed")


def test_every_kind_of_group_and_topic_is_there():
    assert {g["kind"] for g in GROUPS.values()} == set(KINDS)
    assert {GROUPS[g["parent"]]["kind"] for g in GROUPS.values() if "parent" in g} >= {"open", "restricted", "private"}
    assert any(t.get("locked") for t in TOPICS.values())
    assert sum(t["kind"] == "question" and "reply" not in t for t in TOPICS.values()) >= 3
    assert {d["audience"] for d in DOCUMENTS.values()} == set(AUDIENCES)


def test_files_stay_small_and_are_all_used():
    sizes = {path.name: path.stat().st_size for path in FILES.iterdir()}
    assert max(sizes.values()) < 300_000 and sum(sizes.values()) < 1_200_000
    assert set(sizes) - {"README.md", "deck.toml"} == {d["file"] for d in DOCUMENTS.values()}
    assert all(d["file"] in (FILES / "README.md").read_text(encoding="utf-8") for d in DOCUMENTS.values())
