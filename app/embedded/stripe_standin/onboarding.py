"""The page where a provider gives Stripe its details: here, one button for each way it can end."""

from werkzeug.wrappers import Request, Response

from . import accounts
from .pages import leave, render, words_for
from .store import Json, Store
from .wire import fetch


def show(store: Store, request: Request, token: str) -> Response:
    link = fetch(store, "account_link", token)
    if over(store, link):
        return leave(link["refresh_url"])
    account = fetch(store, "account", link["account"])
    urls = (link["return_url"], link["refresh_url"])
    return render("setup.html", words_for(request), leave_to=urls, account=account, link=link)


def over(store: Store, link: Json) -> bool:
    return bool(link["_used"]) or link["expires_at"] <= store.now()


def answer(store: Store, request: Request, token: str) -> Response:
    """Finish, or leave something missing; either way the link is used up and the provider returns."""
    link = fetch(store, "account_link", token)
    if over(store, link):
        return leave(link["refresh_url"])
    account = fetch(store, "account", link["account"])
    if request.form.get("answer") == "complete":
        accounts.finish(store, account)
    elif request.form.get("answer") == "incomplete":
        accounts.leave_incomplete(store, account)
    store.save({**link, "_used": True})
    return leave(link["return_url"])
