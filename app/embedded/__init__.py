"""The one-machine default: PostgreSQL and Redis from wheels, a mail catcher and a stand-in for Stripe."""
