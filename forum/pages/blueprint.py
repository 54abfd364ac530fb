"""The room's blueprint; views hang their routes on it."""

from flask import Blueprint

bp = Blueprint("pages", __name__, url_prefix="/groups/<slug>/pages")
