"""The room's blueprint; views hang their routes on it."""

from flask import Blueprint

bp = Blueprint("inbox", __name__)
