"""Several files at once: put into a folder, or said what they are. Only those that the person may change."""

from flask import flash, redirect, render_template, request, url_for
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from forum.access import Person, can, enter, require, viewer
from forum.kit.db import db
from forum.kit.when import plural
from forum.library import actions, queries, shelves
from forum.library.blueprint import bp
from forum.library.forms import Details, FolderName, Together, Whereto
from forum.library.views.adding import Answer
from forum.models import Document, Group


def chosen(me: Person, group: Group) -> tuple[list[Document], list[Document]]:
    """The files that were chosen, of those this person opens: what they may change, and what not."""
    found = shelves.chosen(me, group, request.values.getlist("n", type=int))
    mine = [document for document in found if can(me, "edit document", document)]
    return mine, [document for document in found if document not in mine]


def shelf_of(group: Group, folder: str = "") -> Response:
    """The way to a folder, or to the whole library."""
    return redirect(url_for("library.index", slug=group.slug, folder=folder or None), 303)


@bp.route("/moving", methods=["GET", "POST"])
def moving(slug: str) -> Answer:
    """Several files are put into a folder."""
    me = viewer()
    group = enter(me, slug)
    require(me, "preview", group)
    mine, theirs = chosen(me, group)
    form = Whereto()
    if form.submitted() and not mine:
        form.refuse("folder", "Choose at least one file that you may move")
    if request.method == "POST" and not form.errors:
        actions.move(me, mine, form.folder.data)
        db.session.commit()
        where = f"in “{form.folder.data}”" if form.folder.data else "in no folder"
        flash(f"{plural(mine, 'file is', 'files are')} {where} now.")
        return shelf_of(group, form.folder.data)
    page = render_template(
        "library/moving.html", nav="groups", group=group, form=form, mine=mine, theirs=theirs,
        folders=shelves.marks(me, group).folder,
    )  # fmt: skip
    return page, 422 if request.method == "POST" else 200


@bp.route("/details", methods=["GET", "POST"])
def details(slug: str) -> Answer:
    """What several files are, said on one page and kept together."""
    me = viewer()
    group = enter(me, slug)
    require(me, "preview", group)
    mine, theirs = chosen(me, group)
    mine, tags = mine[: shelves.PAGE], queries.tags_of_files(mine)
    rows = {document: details_of(document, tags.get(document.id, [])) for document in mine}
    form = Together(rows.values())
    if form.submitted():
        for document, row in rows.items():
            actions.edit(me, document, row.said)
        db.session.commit()
        flash(f"What is said of {plural(mine, 'file')} is kept.")
        return shelf_of(group)
    page = render_template(
        "library/details.html", nav="groups", group=group, form=form, rows=rows, theirs=theirs,
        marks=shelves.marks(me, group),
    )  # fmt: skip
    return page, 422 if request.method == "POST" else 200


def details_of(document: Document, tags: list[str]) -> Details:
    """The fields of one of several files."""
    return Details(obj=document, tags=", ".join(tags), prefix=f"f{document.n}-")


@bp.route("/folder", methods=["GET", "POST"])
def folder(slug: str) -> Answer:
    """A folder gets another name. Into one that is there already, its files go along."""
    me = viewer()
    group = enter(me, slug)
    require(me, "facilitate", group)
    name = request.args.get("name", "")[:60]
    many = shelves.count_in(me, group, name) if name else 0
    if not many:
        raise NotFound
    form = FolderName(name=name)
    if form.submitted():
        actions.rename_folder(me, group, name, form.name.data)
        db.session.commit()
        flash(f"The folder “{name}” is called “{form.name.data}” now.")
        return shelf_of(group, form.name.data)
    page = render_template("library/folder.html", nav="groups", group=group, form=form, name=name, many=many)
    return page, 422 if request.method == "POST" else 200
