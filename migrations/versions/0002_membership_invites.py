"""what a person registers for, and invitations of colleagues

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('user_account', sa.Column('intent', sa.Text(), server_default='', nullable=False))
    op.create_table('membership_invite',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('organisation_id', sa.BigInteger(), nullable=False),
    sa.Column('invited_by_id', sa.BigInteger(), nullable=True),
    sa.Column('email', sa.Text(), nullable=False),
    sa.Column('role', sa.Enum('organiser', 'approver', 'finance', 'seller', 'operator', name='role', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('accepted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('withdrawn_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['invited_by_id'], ['user_account.id'], name=op.f('fk_membership_invite_invited_by_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_membership_invite_organisation_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_membership_invite'))
    )
    op.create_index('ix_membership_invite_email', 'membership_invite', [sa.literal_column('lower(email)')], unique=False)
    op.create_index('uq_membership_invite_pending', 'membership_invite', ['organisation_id', sa.literal_column('lower(email)')], unique=True, postgresql_where='accepted_at is null and withdrawn_at is null')


def downgrade() -> None:
    op.drop_table('membership_invite')
    op.drop_column('user_account', 'intent')
