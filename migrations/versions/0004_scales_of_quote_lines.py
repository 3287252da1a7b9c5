"""lines of quotes by hour and by night, and what they follow at another headcount

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    json = postgresql.JSONB(astext_type=sa.Text())
    op.add_column('quote_line', sa.Column('scale', json, server_default='{}', nullable=False))
    op.drop_constraint('ck_quote_line_basis', 'quote_line')
    op.create_check_constraint('basis', 'quote_line', "basis in ('person', 'group', 'hour', 'person_night', 'group_night')")


def downgrade() -> None:
    op.execute("update quote_line set basis = 'person' where basis = 'person_night'")
    op.execute("update quote_line set basis = 'group' where basis in ('hour', 'group_night')")
    op.drop_constraint('ck_quote_line_basis', 'quote_line')
    op.create_check_constraint('basis', 'quote_line', "basis in ('person', 'group')")
    op.drop_column('quote_line', 'scale')
