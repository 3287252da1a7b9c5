"""calendars that providers let us read, their busy times, calendars that we publish

Revision ID: 0007
Revises: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    json = postgresql.JSONB(none_as_null=True, astext_type=sa.Text())
    op.create_table('calendar_feed',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('provider_id', sa.BigInteger(), nullable=False),
    sa.Column('offer_id', sa.BigInteger(), nullable=False),
    sa.Column('unit_id', sa.BigInteger(), nullable=True),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('host', sa.Text(), nullable=False),
    sa.Column('sealed_url', sa.LargeBinary(), nullable=True),
    sa.Column('zone', sa.Text(), nullable=False),
    sa.Column('etag', sa.Text(), nullable=False),
    sa.Column('last_modified', sa.Text(), nullable=False),
    sa.Column('digest', sa.Text(), nullable=False),
    sa.Column('doubted_digest', sa.Text(), nullable=False),
    sa.Column('read_at', moment, nullable=True),
    sa.Column('covers_until', moment, nullable=True),
    sa.Column('next_at', moment, nullable=True),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('gone', sa.Integer(), nullable=False),
    sa.Column('problem', sa.Text(), nullable=False),
    sa.Column('problem_status', sa.Integer(), nullable=False),
    sa.Column('stopped_at', moment, nullable=True),
    sa.Column('told_at', moment, nullable=True),
    sa.Column('notes', json, nullable=False),
    sa.Column('events', sa.Integer(), nullable=False),
    sa.Column('created_at', moment, server_default=sa.text('now()'), nullable=False),
    sa.CheckConstraint('sealed_url is not null or next_at is null', name=op.f('ck_calendar_feed_files_are_read_once')),
    sa.CheckConstraint('failures >= 0 and gone >= 0', name=op.f('ck_calendar_feed_counts')),
    sa.ForeignKeyConstraint(['provider_id'], ['provider.id'], name=op.f('fk_calendar_feed_provider_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['offer_id'], ['offer.id'], name=op.f('fk_calendar_feed_offer_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_calendar_feed_unit_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_calendar_feed'))
    )
    op.create_index(op.f('ix_calendar_feed_provider_id'), 'calendar_feed', ['provider_id'])
    op.create_index(op.f('ix_calendar_feed_offer_id'), 'calendar_feed', ['offer_id'])
    op.create_index(op.f('ix_calendar_feed_unit_id'), 'calendar_feed', ['unit_id'])
    op.create_index('ix_calendar_feed_due', 'calendar_feed', ['next_at'], postgresql_where='next_at is not null')
    op.create_table('imported_busy',
    sa.Column('feed_id', sa.BigInteger(), nullable=False),
    sa.Column('offer_id', sa.BigInteger(), nullable=False),
    sa.Column('unit_id', sa.BigInteger(), nullable=True),
    sa.Column('during', postgresql.TSTZMULTIRANGE(), nullable=False),
    sa.ForeignKeyConstraint(['feed_id'], ['calendar_feed.id'], name=op.f('fk_imported_busy_feed_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['offer_id'], ['offer.id'], name=op.f('fk_imported_busy_offer_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_imported_busy_unit_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('feed_id', name=op.f('pk_imported_busy'))
    )
    op.create_index(op.f('ix_imported_busy_offer_id'), 'imported_busy', ['offer_id'])
    op.create_index(op.f('ix_imported_busy_unit_id'), 'imported_busy', ['unit_id'])
    op.create_table('published_feed',
    sa.Column('id', sa.BigInteger(), nullable=False),
    sa.Column('provider_id', sa.BigInteger(), nullable=False),
    sa.Column('unit_id', sa.BigInteger(), nullable=True),
    sa.Column('token_digest', sa.Text(), nullable=False),
    sa.Column('sealed_token', sa.LargeBinary(), nullable=False),
    sa.Column('ical_uid', sa.Text(), nullable=False),
    sa.Column('created_at', moment, nullable=False),
    sa.Column('revoked_at', moment, nullable=True),
    sa.ForeignKeyConstraint(['provider_id'], ['provider.id'], name=op.f('fk_published_feed_provider_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['unit_id'], ['unit.id'], name=op.f('fk_published_feed_unit_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_published_feed')),
    sa.UniqueConstraint('token_digest', name=op.f('uq_published_feed_token_digest'))
    )
    op.create_index(op.f('ix_published_feed_unit_id'), 'published_feed', ['unit_id'])
    op.create_index('uq_published_feed_open', 'published_feed', ['provider_id', 'unit_id'], unique=True, postgresql_where='revoked_at is null', postgresql_nulls_not_distinct=True)


def downgrade() -> None:
    for table in ('published_feed', 'imported_busy', 'calendar_feed'):
        op.drop_table(table)
