"""A local stand-in for Stripe: the part of its API that Ensemble uses, on loopback, in test mode only.

It runs as its own process (`python -m app.embedded.stripe_standin`) and shares no code with the rest of the
application: the only thing between the two is HTTP, as with the real Stripe. See docs/stripe-stand-in.md.
"""
