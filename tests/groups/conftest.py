"""What the tests of groups share: pages as a person sees them, and where someone stands."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import select

from forum.kit.db import db
from forum.models import AuditEntry, Group, Mail, Membership, Standing, User
from tests.conftest import Watch


@pytest.fixture
def stands(app: Any) -> Callable[[User, str], Standing | None]:
    """`stands(community.maya, "performance")`: what is stored of her there now."""

    def ask(user: User, slug: str) -> Standing | None:
        db.session.expire_all()
        here = select(Membership.standing).join(Group, Group.id == Membership.group_id).where(Group.slug == slug)
        return db.session.scalar(here.where(Membership.user_id == user.id))

    return ask


@pytest.fixture
def mails(app: Any) -> Callable[..., list[Mail]]:
    """The mails of a template that wait, oldest first."""

    def ask(template: str) -> list[Mail]:
        db.session.expire_all()
        return list(db.session.scalars(select(Mail).where(Mail.template == template).order_by(Mail.id)))

    return ask


@pytest.fixture
def logged(app: Any) -> Callable[[str], list[str]]:
    """The actions in a group's log, oldest first."""

    def ask(slug: str) -> list[str]:
        db.session.expire_all()
        of_group = select(AuditEntry.action).join(Group, Group.id == AuditEntry.group_id).where(Group.slug == slug)
        return list(db.session.scalars(of_group.order_by(AuditEntry.id)))

    return ask


def words(reply: Any) -> str:
    """The words of a page, without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", reply.get_data(as_text=True)))


class Counted:
    """How many statements ran."""

    n = 0


@pytest.fixture
def count_queries(app: Any) -> Callable[[], Any]:
    """`with count_queries() as statements: …` and then `statements.n`."""

    @contextmanager
    def counting() -> Iterator[Counted]:
        counted = Counted()
        with Watch() as seen:
            yield counted
        counted.n = len(seen.statements)

    return counting
