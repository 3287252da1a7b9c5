"""labels with their proof, questions about offers, and why an operator returned a version

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    json = postgresql.JSONB(none_as_null=True, astext_type=sa.Text())
    op.add_column('offer_version', sa.Column('review_reasons', json, server_default='[]', nullable=False))
    op.create_table('offer_label',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('offer_id', sa.BigInteger(), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('document_id', sa.BigInteger(), nullable=False),
    sa.Column('valid_until', sa.Date(), nullable=False),
    sa.Column('state', sa.Enum('pending', 'accepted', 'refused', name='labelstate', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('reminded_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('lapsed_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['document_id'], ['document.id'], name=op.f('fk_offer_label_document_id')),
    sa.ForeignKeyConstraint(['offer_id'], ['offer.id'], name=op.f('fk_offer_label_offer_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_offer_label'))
    )
    op.create_index(op.f('ix_offer_label_offer_id_code'), 'offer_label', ['offer_id', 'code'], unique=False)
    op.create_index(op.f('ix_offer_label_valid_until'), 'offer_label', ['valid_until'], unique=False)
    op.create_index('ix_offer_label_pending', 'offer_label', ['created_at'], unique=False, postgresql_where="state = 'pending'")
    op.create_table('offer_question',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('offer_id', sa.BigInteger(), nullable=False),
    sa.Column('company_id', sa.BigInteger(), nullable=False),
    sa.Column('asked_by_id', sa.BigInteger(), nullable=True),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('answer', sa.Text(), nullable=False),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('state', sa.Enum('open', 'answered', 'hidden', name='questionstate', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('hidden_reason', sa.Text(), nullable=False),
    sa.CheckConstraint("state <> 'answered' or answer <> ''", name=op.f('ck_offer_question_answer')),
    sa.ForeignKeyConstraint(['asked_by_id'], ['user_account.id'], name=op.f('fk_offer_question_asked_by_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['company_id'], ['organisation.id'], name=op.f('fk_offer_question_company_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['offer_id'], ['offer.id'], name=op.f('fk_offer_question_offer_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_offer_question'))
    )
    op.create_index(op.f('ix_offer_question_offer_id_state'), 'offer_question', ['offer_id', 'state'], unique=False)
    op.create_index(op.f('ix_offer_question_company_id_asked_at'), 'offer_question', ['company_id', 'asked_at'], unique=False)
    op.create_index('ix_offer_question_recent', 'offer_question', ['asked_at'], unique=False)


def downgrade() -> None:
    op.drop_table('offer_question')
    op.drop_table('offer_label')
    op.drop_column('offer_version', 'review_reasons')
