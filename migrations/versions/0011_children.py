"""how many of an event's people are children, and of a request's

Revision ID: 0011
Revises: 0010
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None

TABLES = ('event', 'quote_request')


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column('children', sa.Integer(), server_default='0', nullable=False))
        op.create_check_constraint('children', table, 'children between 0 and headcount')


def downgrade() -> None:
    for table in TABLES:
        op.drop_column(table, 'children')
