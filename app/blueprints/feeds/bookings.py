"""A provider's bookings for its calendar program. The address is the key, and can be revoked."""

from __future__ import annotations

from flask import Blueprint, current_app, request
from werkzeug.wrappers import Response as WerkzeugResponse

from app.availability.imports import feeds
from app.blueprints.access import public
from app.config import Settings
from app.core.clock import utcnow
from app.extensions import limiter
from app.invites.published import feed_of

bp = Blueprint("feeds", __name__)

KEPT_SECONDS = 300


@bp.get("/feeds/<token>.ics")
@public
@limiter.limit("120 per minute")
def bookings(token: str) -> WerkzeugResponse:
    settings: Settings = current_app.extensions["settings"]
    sender = (settings.mail_sender_name, settings.mail_sender)
    feed = feed_of(feeds.by_token(token), sender=sender, base_url=settings.base_url, now=utcnow())
    response = current_app.response_class(feed.content, mimetype="text/calendar")
    response.headers["Content-Disposition"] = 'inline; filename="ensemble.ics"'
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Cache-Control"] = f"private, max-age={KEPT_SECONDS}"
    response.set_etag(feed.etag.strip('"'))
    if feed.changed_at is not None:
        response.last_modified = feed.changed_at
    return response.make_conditional(request)
