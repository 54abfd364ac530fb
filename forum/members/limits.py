"""How often one may try: per address, per account and per person. 429 with Retry-After; see kit.rates."""

from contextlib import suppress

from flask import Response, current_app, request

from forum.access import viewer
from forum.kit import addresses
from forum.kit.ids import digest
from forum.kit.origin import address
from forum.kit.rates import limiter, proofs, searches


def _sign_in() -> str:
    return str(current_app.config["LIMIT_SIGN_IN"])


def _account() -> str:
    return str(current_app.config["LIMIT_ACCOUNT"])


def _typed_account() -> str:
    """The account that the form names, whether it exists or not; every spelling of one address is the same account."""
    typed = request.form.get("email", "").strip().lower()[: addresses.LONGEST]
    with suppress(addresses.NotAnAddress):
        typed = addresses.clean_address(typed)
    return f"account {digest(typed)[:32]}" if typed else address()


def _link() -> str:
    return f"link {digest(request.path)[:32]}"


def _person() -> str:
    return f"person {viewer().id}" if viewer() else f"address {address()}"


def _upload() -> str:
    return str(current_app.config["LIMIT_UPLOAD"])


def _failed(reply: Response) -> bool:
    return reply.status_code != 303


def _done(reply: Response) -> bool:
    return reply.status_code == 303


#: failed sign-ins from one address, and at one account from anywhere
sign_in_from = limiter.limit(_sign_in, methods=["POST"], deduct_when=_failed)
sign_in_at = limiter.limit(_sign_in, key_func=_typed_account, methods=["POST"], deduct_when=_failed)
#: wrong passwords at one link, and of one person who is asked again
tries_at_link = limiter.limit(_sign_in, key_func=_link, methods=["POST"], deduct_when=_failed)
tries_of_person = proofs(_person)
#: mails that one address makes us send, and those to one account
mails_from = limiter.limit(_account, methods=["POST"], deduct_when=_done)
mails_to = limiter.limit(_account, key_func=_typed_account, methods=["POST"], deduct_when=_done)
#: looking for people
searches_of_person = searches(_person)
#: pictures are made anew in a process of their own, which costs
pictures_of_person = limiter.limit(_upload, key_func=_person, methods=["POST"])
