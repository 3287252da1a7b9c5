"""buffers of units, seasons, more hours, exceptions, how far ahead, and what a calendar was before a change

Revision ID: 0006
Revises: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    for column in ('before_minutes', 'after_minutes'):
        op.add_column('unit', sa.Column(column, sa.Integer(), server_default='0', nullable=False))
        op.add_column('reservation', sa.Column(column, sa.Integer(), server_default='0', nullable=False))
    op.create_check_constraint(
        'buffers', 'unit', 'before_minutes between 0 and 2880 and after_minutes between 0 and 2880'
    )
    op.create_check_constraint(
        'buffers', 'reservation',
        'before_minutes >= 0 and after_minutes >= 0 and'
        ' extract(epoch from upper(during) - lower(during)) > 60 * (before_minutes + after_minutes)',
    )
    op.drop_index('ix_reservation_unit_state', 'reservation')
    op.create_index('ix_reservation_unit_until', 'reservation', ['unit_id', sa.literal_column('upper(during)')])
    op.add_column('opening_rule', sa.Column('horizon_days', sa.Integer(), nullable=True))
    op.create_check_constraint('horizon', 'opening_rule', 'horizon_days between 1 and 1095')
    _openings()
    op.create_table('calendar_change',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('offer_id', sa.BigInteger(), nullable=False),
    sa.Column('before', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.Column('by', sa.Text(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['offer_id'], ['offer.id'], name=op.f('fk_calendar_change_offer_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_calendar_change'))
    )
    op.create_index('ix_calendar_change_offer_id_id', 'calendar_change', ['offer_id', 'id'])


def _openings() -> None:
    op.create_table('season',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('offer_id', sa.BigInteger(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('first_day', sa.Date(), nullable=False),
    sa.Column('last_day', sa.Date(), nullable=False),
    sa.Column('yearly', sa.Boolean(), server_default='false', nullable=False),
    sa.CheckConstraint('last_day >= first_day', name='days'),
    sa.CheckConstraint('not yearly or last_day - first_day < 366', name='a_year_at_most'),
    sa.ForeignKeyConstraint(['offer_id'], ['offer.id'], name=op.f('fk_season_offer_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_season'))
    )
    op.create_index('ix_season_offer_id_first_day', 'season', ['offer_id', 'first_day'])
    op.create_table('opening_hours',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('offer_id', sa.BigInteger(), nullable=False),
    sa.Column('season_id', sa.BigInteger(), nullable=True),
    sa.Column('weekdays', postgresql.ARRAY(sa.SmallInteger()), nullable=False),
    sa.Column('opens', sa.Time(), nullable=False),
    sa.Column('closes', sa.Time(), nullable=False),
    sa.CheckConstraint('cardinality(weekdays) > 0', name='weekdays'),
    sa.ForeignKeyConstraint(['offer_id'], ['offer.id'], name=op.f('fk_opening_hours_offer_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['season_id'], ['season.id'], name=op.f('fk_opening_hours_season_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_opening_hours'))
    )
    op.create_index('ix_opening_hours_offer_id', 'opening_hours', ['offer_id'])
    op.create_index('ix_opening_hours_season_id', 'opening_hours', ['season_id'])
    op.create_table('opening_exception',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('offer_id', sa.BigInteger(), nullable=False),
    sa.Column('first_day', sa.Date(), nullable=False),
    sa.Column('last_day', sa.Date(), nullable=False),
    sa.Column('opened', sa.Boolean(), nullable=False),
    sa.Column('opens', sa.Time(), nullable=False),
    sa.Column('closes', sa.Time(), nullable=False),
    sa.CheckConstraint('last_day >= first_day', name='days'),
    sa.CheckConstraint('opened or opens <> closes', name='closed_days_are_blackouts'),
    sa.ForeignKeyConstraint(['offer_id'], ['offer.id'], name=op.f('fk_opening_exception_offer_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_opening_exception'))
    )
    op.create_index('ix_opening_exception_offer_id_first_day', 'opening_exception', ['offer_id', 'first_day'])


def downgrade() -> None:
    for table in ('calendar_change', 'opening_exception', 'opening_hours', 'season'):
        op.drop_table(table)
    op.drop_column('opening_rule', 'horizon_days')
    op.drop_index('ix_reservation_unit_until', 'reservation')
    op.create_index('ix_reservation_unit_state', 'reservation', ['unit_id', 'state'])
    for column in ('before_minutes', 'after_minutes'):
        op.drop_column('reservation', column)
        op.drop_column('unit', column)
