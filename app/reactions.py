"""What happens when: each signal and the handlers it wakes. Data only; one outbox row per handler is written.

A handler is named `module:function` below `workers/handlers/`.
"""

from __future__ import annotations

REACTIONS: dict[str, tuple[str, ...]] = {
    # accounts
    "provider.registered": ("accounts:provider_registered",),
    "provider.approved": ("accounts:provider_approved", "search:index_provider"),
    "provider.suspended": ("accounts:provider_suspended", "search:index_provider"),
    "provider.edited": ("search:index_provider",),
    "member.invited": ("accounts:member_invited",),
    # offers
    "offer.submitted": ("offers:submitted",),
    "offer.published": ("offers:published",),
    "offer.returned": ("offers:returned",),
    "offer.changed": ("search:index",),
    "label.claimed": ("labels:claimed",),
    "label.refused": ("labels:refused",),
    "label.expiring": ("labels:expiring",),
    "question.asked": ("questions:asked",),
    "question.answered": ("questions:answered",),
    "question.hidden": ("questions:hidden",),
    "photo.added": ("photos:draw",),
    # availability
    "hold.promoted": ("quotes:hold_promoted",),
    "calendar.broken": ("calendars:broken",),
    "calendar.incomplete": ("calendars:incomplete",),
    # quotes
    "request.sent": ("quotes:request_sent",),
    "request.withdrawn": ("quotes:request_withdrawn",),
    "request.declined": ("quotes:request_declined", "quotes:answer_time"),
    "request.expired": ("quotes:request_expired",),
    "quote.sent": ("quotes:quote_sent", "quotes:answer_time"),
    "quote.withdrawn": ("quotes:quote_withdrawn",),
    "quote.expired": ("quotes:quote_expired",),
    # bookings
    "quote.accepted": ("quotes:quote_accepted",),
    "quote.not_chosen": ("quotes:quote_not_chosen",),
    "booking.held": (),
    "booking.confirmed": ("bookings:confirmed",),
    "booking.expired": ("payments:close_pages", "payment_mails:expired"),
    "booking.cancelled": ("payments:booking_cancelled", "payments:close_pages", "bookings:cancelled"),
    "booking.completed": (),
    "event.cancelled": ("invites:event_cancelled",),
    "event.moved": ("invites:event_moved", "payments:event_moved", "bookings:moved"),
    "event.venue_changed": ("invites:event_changed",),
    "move.proposed": ("bookings:move_proposed",),
    "move.declined": ("bookings:move_declined",),
    "move.withdrawn": ("bookings:move_withdrawn",),
    # invites
    "invitation.queued": ("invites:send",),
    "invitation.moved": ("invites:moved",),
    "invitation.changed": ("invites:changed",),
    "invitation.cancelled": ("invites:cancelled",),
    # payments
    "webhook.received": ("payments:webhook",),
    "payment.received": ("payment_mails:received",),
    "payment.failed": ("payment_mails:failed",),
    "payment.too_late": ("payment_mails:too_late",),
    "payment.blocked": ("payment_mails:blocked",),
    "payment.due": ("payment_mails:due",),
    "payment.overdue": ("payment_mails:due",),
    "payment.unwanted": ("payments:close_pages",),
    "payment.mismatched": ("payment_mails:mismatched",),
    "refund.owed": ("payments:request_refund",),
    "refund.done": ("payment_mails:refunded",),
    "refund.failed": ("payment_mails:refund_failed",),
}
