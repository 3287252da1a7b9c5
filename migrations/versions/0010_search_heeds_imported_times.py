"""search heeds imported busy times; its slow conditions become functions, so that planning is quick

Revision ID: 0010
Revises: 0009
"""

from __future__ import annotations

from alembic import op

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None

CREATE = (
    """\
create or replace function search_taken(ids bigint[]) returns void language sql as $$
  update search_document d set taken = case
    when exists (select from unit u where u.offer_id = d.offer_id and u.active) then (
      select range_agg(tstzrange(
        lower(t.during) - make_interval(mins => u.after_minutes),
        upper(t.during) + make_interval(mins => u.before_minutes)))
      from unit u cross join lateral (
        select s.during from reservation s
          where s.unit_id = u.id and s.state in ('booked', 'active', 'queued')
        union all
        select unnest(b.during) from imported_busy b
          where b.offer_id = u.offer_id and (b.unit_id is null or b.unit_id = u.id)
      ) t
      where u.offer_id = d.offer_id and u.active and upper(t.during) > now() - interval '4 days')
    else '{(,)}'::tstzmultirange end
  where d.offer_id = any(ids)
$$""",
    """\
create function search_has_unit(offer bigint, wanted tstzrange, moment timestamptz) returns boolean
language plpgsql stable cost 5000 as $$
begin
  return exists (
    select from unit u, lateral (
      select tstzrange(lower(wanted) - make_interval(mins => u.before_minutes),
        upper(wanted) + make_interval(mins => u.after_minutes)) as during) w
    where u.offer_id = offer and u.active
    and not exists (
      select from reservation r
      where r.unit_id = u.id and r.during && w.during and upper(r.during) > lower(w.during)
      and (r.state = 'booked' or r.state in ('active', 'queued') and r.expires_at > moment
        and (r.state = 'active' or not exists (
          select from reservation f where f.unit_id = r.unit_id and f.during && r.during
          and (f.state = 'booked' or f.state = 'active' and f.expires_at > moment)))))
    and not exists (
      select from imported_busy b where b.offer_id = u.offer_id and (b.unit_id is null or b.unit_id = u.id)
      and b.during && w.during));
end $$""",
    """\
create function search_price(ladder integer[], people integer, place integer) returns double precision
language plpgsql immutable as $$
begin
  for step in reverse cardinality(ladder) - 4 .. 1 by 5 loop
    if ladder[step] <= people then
      return ladder[step + place]::double precision * people + ladder[step + place + 2];
    end if;
  end loop;
  return null;
end $$""",
    """\
create trigger search_imported_busy_insert after insert on imported_busy referencing new table as changed for each statement when (current_setting('ensemble.bulk', true) is distinct from 'on') execute function search_taken_of_offers()""",
    """\
create trigger search_imported_busy_update after update on imported_busy referencing new table as changed for each statement when (current_setting('ensemble.bulk', true) is distinct from 'on') execute function search_taken_of_offers()""",
    """\
create trigger search_imported_busy_delete after delete on imported_busy referencing old table as changed for each statement when (current_setting('ensemble.bulk', true) is distinct from 'on') execute function search_taken_of_offers()""",
    "select search_taken(array(select distinct offer_id from imported_busy))",
)
BEFORE = (
    """\
create or replace function search_taken(ids bigint[]) returns void language sql as $$
  update search_document d set taken = case
    when exists (select from unit u where u.offer_id = d.offer_id and u.active) then (
      select range_agg(tstzrange(
        lower(s.during) - make_interval(mins => u.after_minutes),
        upper(s.during) + make_interval(mins => u.before_minutes)))
      from unit u join reservation s on s.unit_id = u.id
      where u.offer_id = d.offer_id and u.active and s.state in ('booked', 'active', 'queued')
        and upper(s.during) > now() - interval '4 days')
    else '{(,)}'::tstzmultirange end
  where d.offer_id = any(ids)
$$""",
)
DROP = (
    "drop trigger search_imported_busy_insert on imported_busy",
    "drop trigger search_imported_busy_update on imported_busy",
    "drop trigger search_imported_busy_delete on imported_busy",
    "drop function search_price(integer[], integer, integer)",
    "drop function search_has_unit(bigint, tstzrange, timestamptz)",
)


def upgrade() -> None:
    for statement in CREATE:
        op.execute(statement.replace(":", "\\:"))


def downgrade() -> None:
    for statement in (*DROP, *BEFORE):
        op.execute(statement.replace(":", "\\:"))
