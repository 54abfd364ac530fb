"""The room's blueprint; views hang their routes on it."""

from flask import Blueprint

bp = Blueprint("workshops", __name__)
#: where the workshops of a group are
ROOT = "/groups/<slug>/workshops"
ONE = f"{ROOT}/<number:n>"
