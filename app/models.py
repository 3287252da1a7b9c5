"""All tables, imported for their side effect on the metadata. Used by migrations and the app root."""

from app.accounts import models as accounts
from app.availability import models as availability
from app.availability.imports import models as imports
from app.bookings import models as bookings
from app.core import documents, outbox, states
from app.core.db import Base
from app.events import models as events
from app.invites import models as invites
from app.mail import models as mail
from app.offers import models as offers
from app.payments import models as payments
from app.quotes import models as quotes
from app.reviews import models as reviews
from app.search import models as search

__all__ = [
    "Base",
    "accounts",
    "availability",
    "bookings",
    "documents",
    "events",
    "imports",
    "invites",
    "mail",
    "offers",
    "outbox",
    "payments",
    "quotes",
    "reviews",
    "search",
    "states",
]
