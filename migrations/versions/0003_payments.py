"""what was asked of the gateway, customers at the gateway, awaited transfers, what a webhook is about

Revision ID: 0003
Revises: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None

OPEN = "state in ('created', 'processing', 'partially_funded')"


def upgrade() -> None:
    json = postgresql.JSONB(astext_type=sa.Text())
    op.add_column('payment_attempt', sa.Column('request', json, server_default='{}', nullable=False))
    op.add_column('payment_attempt', sa.Column('method', sa.Text(), server_default='', nullable=False))
    op.add_column('payment_attempt', sa.Column('received_cents', sa.Integer(), server_default='0', nullable=False))
    op.add_column('payment_attempt', sa.Column('transfer', json, nullable=True))
    op.add_column('payment_attempt', sa.Column('checked_at', sa.DateTime(timezone=True), nullable=True))
    op.drop_index('ix_payment_attempt_open', 'payment_attempt')
    op.create_index('ix_payment_attempt_open', 'payment_attempt', ['checked_at'], postgresql_where=OPEN)
    op.add_column('webhook_event', sa.Column('refers', json, server_default='{}', nullable=False))
    op.create_index('ix_webhook_event_unhandled', 'webhook_event', ['received_at'], postgresql_where='handled_at is null')
    op.drop_constraint('uq_ledger_entry_gateway_object_account_posting', 'ledger_entry')
    op.create_unique_constraint('uq_ledger_entry_gateway_object_account', 'ledger_entry', ['gateway_object', 'account'])
    op.create_table('gateway_customer',
    sa.Column('company_id', sa.BigInteger(), nullable=False),
    sa.Column('provider_id', sa.BigInteger(), nullable=False),
    sa.Column('customer', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['company_id'], ['organisation.id'], name=op.f('fk_gateway_customer_company_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['provider_id'], ['provider.id'], name=op.f('fk_gateway_customer_provider_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('company_id', 'provider_id', name=op.f('pk_gateway_customer')),
    sa.UniqueConstraint('customer', name=op.f('uq_gateway_customer_customer'))
    )
    op.create_index(op.f('ix_gateway_customer_provider_id'), 'gateway_customer', ['provider_id'])


def downgrade() -> None:
    op.drop_table('gateway_customer')
    op.drop_constraint('uq_ledger_entry_gateway_object_account', 'ledger_entry')
    op.create_unique_constraint('uq_ledger_entry_gateway_object_account_posting', 'ledger_entry', ['gateway_object', 'account', 'posting'])
    op.drop_index('ix_webhook_event_unhandled', 'webhook_event')
    op.drop_column('webhook_event', 'refers')
    op.drop_index('ix_payment_attempt_open', 'payment_attempt')
    op.create_index('ix_payment_attempt_open', 'payment_attempt', ['created_at'], postgresql_where="state in ('created', 'processing')")
    for column in ('checked_at', 'transfer', 'received_cents', 'method', 'request'):
        op.drop_column('payment_attempt', column)
