"""what is typed into an offer's editor, and what has been drawn of each photo

Revision ID: 0009
Revises: 0008
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('offer_photo', sa.Column('blur', sa.Text(), server_default='', nullable=False))
    op.add_column('offer_photo', sa.Column(
        'variants', postgresql.JSONB(astext_type=sa.Text()),
        server_default='["webp-480", "webp-960", "webp-1600"]', nullable=False,
    ))
    op.create_table('offer_typed',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('offer_id', sa.BigInteger(), nullable=False),
    sa.Column('tab', sa.Text(), nullable=False),
    sa.Column('fields', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('current', sa.Boolean(), nullable=False),
    sa.Column('saved', sa.Boolean(), nullable=False),
    sa.Column('token', sa.Integer(), nullable=False),
    sa.Column('typed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('typed_by', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['offer_id'], ['offer.id'], name=op.f('fk_offer_typed_offer_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_offer_typed')),
    sa.UniqueConstraint('offer_id', 'tab', name=op.f('uq_offer_typed_offer_id_tab'))
    )
    op.create_index(
        'uq_offer_typed_current', 'offer_typed', ['offer_id'], unique=True, postgresql_where='current'
    )


def downgrade() -> None:
    op.drop_table('offer_typed')
    op.drop_column('offer_photo', 'variants')
    op.drop_column('offer_photo', 'blur')
