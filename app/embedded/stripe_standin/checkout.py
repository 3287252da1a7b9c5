"""The hosted payment page: card, SEPA debit, bank transfer, and the bank's 3-D Secure page. No script needed."""

import datetime as dt
from typing import Any

from stdnum import iban as iban_numbers
from werkzeug.wrappers import Request, Response

from . import cards, customers, sessions
from .intents import answer_person, confirm
from .pages import Words, leave, render, words_for
from .payments import fund
from .store import Json, Store
from .wire import Call, fetch

FIELDS = {"card": ("number", "expiry", "cvc", "name"), "sepa_debit": ("iban", "name"), "customer_balance": ()}
TEMPLATES = {kind: f"pay_{kind}.html" for kind in FIELDS}


def return_url(session: Json) -> str:
    return str(session["success_url"]).replace("{CHECKOUT_SESSION_ID}", session["id"])


def open_session(store: Store, session_id: str) -> Json:
    return sessions.expire_if_over(store, fetch(store, "checkout.session", session_id))


def payee(store: Store, session: Json) -> str:
    """The provider's name, as the buyer knows it."""
    account = store.find(session["_intent_data"].get("on_behalf_of") or "", "account") or {}
    company = (account.get("company") or {}).get("name")
    return str((account.get("business_profile") or {}).get("name") or company or account.get("email") or "Ensemble")


def show(store: Store, request: Request, session_id: str) -> Response:
    """The page as the buyer finds it, or where she belongs when the session is over."""
    session = open_session(store, session_id)
    words = words_for(request, session["locale"])
    if session["status"] != "open":
        return closed(store, session, words)
    kinds = session["payment_method_types"]
    kind = request.args.get("method", kinds[0])
    return form(store, session, words, kind if kind in kinds else kinds[0])


def closed(store: Store, session: Json, words: Words) -> Response:
    if session["status"] == "complete":
        awaited = transfer_of(store, session)
        return leave(f"/c/pay/{session['id']}/transfer" if awaited else return_url(session))
    return render("over.html", words, status=410, session=session, payee=payee(store, session))


def form(
    store: Store, session: Json, words: Words, kind: str, *, typed: Json | None = None, status: int = 200, **said: Any
) -> Response:
    """The form of one method, with what was typed and what is wrong with it."""
    customer = store.find(session["customer"] or "", "customer") or {}
    given = {name: (typed or {}).get(name, "") for name in FIELDS[kind]}
    return render(
        TEMPLATES[kind],
        words,
        status=status,
        leave_to=(session["success_url"], session["cancel_url"]),
        session=session,
        payee=payee(store, session),
        kind=kind,
        email=customer.get("email") or session["customer_email"] or "",
        typed=given,
        problems=said.get("problems") or {},
        refusal=said.get("refusal"),
    )


def pay(store: Store, request: Request, session_id: str) -> Response:
    """The buyer pressed the button."""
    session = open_session(store, session_id)
    words = words_for(request, session["locale"])
    kind = request.form.get("method", "")
    if session["status"] != "open":
        return closed(store, session, words)
    if kind not in session["payment_method_types"]:
        return form(store, session, words, session["payment_method_types"][0], status=422)
    typed = {name: request.form.get(name, "") for name in FIELDS[kind]}
    problems = check(kind, typed, dt.datetime.now(dt.UTC).date())
    if problems:
        return form(store, session, words, kind, typed=typed, problems=problems, status=422)
    call = Call(store, {}, request.host_url.rstrip("/"))
    intent = sessions.intent_of(call, session)
    if intent["status"] == "requires_action":
        return leave(f"/c/pay/{session_id}/3ds")
    done = confirm(store, intent, method_from(store, session, kind, typed))
    return after(store, session, done, words, kind, typed)


def check(kind: str, typed: Json, today: dt.date) -> dict[str, str]:
    """The key of a sentence for each field that can't be used."""
    found: dict[str, str | None] = {}
    if kind != "customer_balance" and not typed["name"].strip():
        found["name"] = "name_missing"
    if kind == "card":
        found["number"] = cards.number_problem(typed["number"])
        found["expiry"] = cards.expiry_problem(typed["expiry"], today)
        found["cvc"] = cards.cvc_problem(typed["cvc"], typed["number"])
    if kind == "sepa_debit" and not iban_numbers.is_valid(typed["iban"]):
        found["iban"] = "iban_invalid" if typed["iban"].strip() else "iban_missing"
    return {name: key for name in FIELDS[kind] if (key := found.get(name))}


def method_from(store: Store, session: Json, kind: str, typed: Json) -> Json | None:
    email = (session["customer_details"] or {}).get("email")
    if kind == "sepa_debit":
        return customers.new_sepa(store, iban_numbers.compact(typed["iban"]), typed["name"].strip(), email)
    if kind == "customer_balance":
        return None
    expiry = cards.parse_expiry(typed["expiry"])
    assert expiry is not None
    return customers.new_card(store, cards.digits(typed["number"]), expiry, typed["name"].strip(), email)


def after(store: Store, session: Json, intent: Json, words: Words, kind: str, typed: Json | None) -> Response:
    """Where an attempt leads: on, to the bank, or back to the form with the reason."""
    if intent["last_payment_error"]:
        refusal = refusal_key(intent["last_payment_error"])
        return form(store, session, words, kind, typed=typed, refusal=refusal, status=402)
    if intent["status"] == "requires_action" and kind == "card":
        return leave(f"/c/pay/{session['id']}/3ds")
    sessions.complete(store, session, intent)
    if kind == "customer_balance":
        return leave(f"/c/pay/{session['id']}/transfer")
    return leave(return_url(session))


def refusal_key(error: Json) -> str:
    for code in (error.get("decline_code"), error["code"]):
        if code in ("insufficient_funds", "lost_card", "expired_card", "incorrect_cvc", "processing_error"):
            return f"refused_{code}"
    return "refused_3ds" if error["code"] == "payment_intent_authentication_failure" else "refused_card_declined"


# -- 3-D Secure ------------------------------------------------------------------------------------------------------


def show_3ds(store: Store, request: Request, session_id: str) -> Response:
    session = open_session(store, session_id)
    words = words_for(request, session["locale"])
    if not awaits_person(store, session):
        return leave(f"/c/pay/{session_id}") if session["status"] == "open" else closed(store, session, words)
    urls = (session["success_url"], session["cancel_url"])
    return render("3ds.html", words, leave_to=urls, session=session, payee=payee(store, session))


def awaits_person(store: Store, session: Json) -> bool:
    intent = store.find(session["payment_intent"] or "", "payment_intent")
    return session["status"] == "open" and intent is not None and intent["status"] == "requires_action"


def answer_3ds(store: Store, request: Request, session_id: str) -> Response:
    session = open_session(store, session_id)
    words = words_for(request, session["locale"])
    if not awaits_person(store, session):
        return show_3ds(store, request, session_id)
    intent = fetch(store, "payment_intent", session["payment_intent"])
    done = answer_person(store, intent, request.form.get("answer") == "complete")
    return after(store, session, done, words, "card", None)


# -- bank transfer ---------------------------------------------------------------------------------------------------


def transfer_of(store: Store, session: Json) -> Json | None:
    """The instructions of a transfer that has not fully arrived."""
    intent = store.find(session["payment_intent"] or "", "payment_intent") or {}
    found: Json | None = (intent.get("next_action") or {}).get("display_bank_transfer_instructions")
    return found


def show_transfer(
    store: Store, request: Request, session_id: str, problem: str | None = None, typed: str = ""
) -> Response:
    session = open_session(store, session_id)
    words = words_for(request, session["locale"])
    details = transfer_of(store, session)
    if details is None:
        return show(store, request, session_id)
    return render(
        "transfer.html",
        words,
        status=422 if problem else 200,
        leave_to=(session["success_url"],),
        session=session,
        payee=payee(store, session),
        details=details,
        bank=details["financial_addresses"][0]["iban"],
        held=fetch(store, "customer", session["customer"])["_cash_cents"],
        back=return_url(session),
        problem=problem,
        typed=typed or words.plain(details["amount_remaining"]),
    )


def send_transfer(store: Store, request: Request, session_id: str) -> Response:
    """The control on the page: the buyer's bank sends that much under the reference shown."""
    session = fetch(store, "checkout.session", session_id)
    details = transfer_of(store, session)
    typed = request.form.get("amount", "")
    cents = parse_cents(typed)
    if details is None:
        return show(store, request, session_id)
    if cents is None or cents <= 0:
        return show_transfer(store, request, session_id, "amount_invalid", typed)
    customer = fetch(store, "customer", session["customer"])
    fund(store, customer, cents, session["currency"], details["reference"])
    return leave(f"/c/pay/{session_id}/transfer")


def parse_cents(text: str) -> int | None:
    """`1 234,50` in cents, or None."""
    compact = "".join(text.replace("€", "").split()).replace(",", ".")
    whole, _, part = compact.partition(".")
    if not (whole.isascii() and whole.isdigit() and len(whole) <= 9) or len(part) > 2 or (part and not part.isdigit()):
        return None
    return int(whole) * 100 + int(f"{part:0<2}")
