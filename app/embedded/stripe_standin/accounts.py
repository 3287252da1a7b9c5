"""Connected accounts and the links that onboard them."""

from . import events
from .store import Json, Store
from .wire import ApiError, Call, Route, envelope, fetch, names, new_id, page_of

DUE = ["business_profile.url", "external_account", "representative.first_name", "tos_acceptance.date"]
LINK_SECONDS = 300


def create(call: Call) -> Json:
    store, params = call.store, call.params
    asked = params.get("capabilities") or {}
    account: Json = {
        "id": new_id("acct", 16),
        "object": "account",
        "business_profile": {"name": None, "url": None, "mcc": None, **(params.get("business_profile") or {})},
        "business_type": params.get("business_type"),
        "capabilities": dict.fromkeys(asked, "inactive"),
        "charges_enabled": False,
        "company": params.get("company"),
        "controller": params.get("controller"),
        "country": params.get("country") or "FR",
        "created": store.now(),
        "default_currency": "eur",
        "details_submitted": False,
        "email": params.get("email"),
        "external_accounts": envelope([], "/v1/accounts/external_accounts"),
        "metadata": params.get("metadata") or {},
        "payouts_enabled": False,
        "requirements": requirements(DUE, "requirements.past_due"),
        "settings": params.get("settings") or {},
        "type": params.get("type") or "none",
    }
    account["external_accounts"]["url"] = f"/v1/accounts/{account['id']}/external_accounts"
    return store.add(account)


def requirements(due: list[str], reason: str | None) -> Json:
    return {
        "currently_due": due,
        "eventually_due": due,
        "past_due": due,
        "pending_verification": [],
        "errors": [],
        "alternatives": [],
        "current_deadline": None,
        "disabled_reason": reason,
    }


def retrieve(call: Call, account_id: str) -> Json:
    return fetch(call.store, "account", account_id)


def update(call: Call, account_id: str) -> Json:
    account = fetch(call.store, "account", account_id)
    for name in ("email", "business_type", "settings"):
        account[name] = call.params.get(name, account[name])
    for name in ("metadata", "business_profile"):
        account[name] = {**account[name], **(call.params.get(name) or {})}
    for name in call.params.get("capabilities") or {}:
        fresh = "active" if account["details_submitted"] else "inactive"
        account["capabilities"].setdefault(name, fresh)
    return announce(call.store, account)


def listing(call: Call) -> Json:
    return page_of(call, call.store.all("account"), "/v1/accounts")


def announce(store: Store, account: Json) -> Json:
    store.save(account)
    events.emit(store, "account.updated", account, account=account["id"])
    return account


def finish(store: Store, account: Json) -> Json:
    """Everything was given: the account may charge and be paid out."""
    account["details_submitted"] = account["charges_enabled"] = account["payouts_enabled"] = True
    account["capabilities"] = dict.fromkeys(account["capabilities"], "active")
    account["requirements"] = requirements([], None)
    return announce(store, account)


def leave_incomplete(store: Store, account: Json) -> Json:
    """Details were sent, but a document is missing: nothing is enabled yet."""
    account["details_submitted"] = True
    account["charges_enabled"] = account["payouts_enabled"] = False
    account["capabilities"] = dict.fromkeys(account["capabilities"], "pending")
    account["requirements"] = requirements(["company.verification.document"], "requirements.past_due")
    return announce(store, account)


def create_link(call: Call) -> Json:
    account = fetch(call.store, "account", call.need("account"), "account")
    if call.need("type") not in ("account_onboarding", "account_update"):
        raise ApiError("Invalid type: must be one of account_onboarding or account_update", param="type")
    token, now = new_id("alink", 32), call.store.now()
    link = {
        "id": token,
        "object": "account_link",
        "account": account["id"],
        "created": now,
        "expires_at": now + LINK_SECONDS,
        "refresh_url": call.address("refresh_url"),
        "return_url": call.address("return_url"),
        "_used": False,
    }
    call.store.add(link)
    url = f"{call.base_url}/setup/{token}"
    return {"object": "account_link", "created": now, "expires_at": link["expires_at"], "url": url}


def need_capability(store: Store, account_id: str, capability: str, param: str) -> Json:
    """The account. Raises ApiError when it is unknown or cannot do this yet."""
    account = fetch(store, "account", account_id, param)
    if account["capabilities"].get(capability) != "active":
        raise ApiError(
            f"The account {account_id} needs the `{capability}` capability enabled for this; it is "
            f"{account['capabilities'].get(capability, 'unrequested')}.",
            code="insufficient_capabilities_for_transfer" if capability == "transfers" else "account_invalid",
            param=param,
        )
    return account


FIELDS = names(
    "type country email business_type business_profile capabilities company controller individual metadata settings "
    "tos_acceptance default_currency"
)
ROUTES = [
    Route("POST", "/v1/accounts", create, FIELDS),
    Route("GET", "/v1/accounts", listing, names("limit starting_after ending_before created")),
    Route("GET", "/v1/accounts/<account_id>", retrieve, names("")),
    Route("POST", "/v1/accounts/<account_id>", update, FIELDS - {"type", "country"}),
    Route(
        "POST",
        "/v1/account_links",
        create_link,
        names("account refresh_url return_url type collect collection_options"),
    ),
]
