"""SQL functions and triggers: when units are taken, and the counts, right in the transaction that changes them.

Whoever writes reservations or units needs to know nothing of the search. `ensemble.bulk` = 'on' in a transaction leaves
them out, for who writes a whole catalogue and everything derived from it.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import DDL

TAKEN: Final = """
create function search_taken(ids bigint[]) returns void language sql as $$
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
$$"""

OF_OFFERS: Final = """
create function search_taken_of_offers() returns trigger language plpgsql as $$
begin
  perform search_taken(array(select distinct offer_id from changed order by 1));
  return null;
end $$"""

OF_UNITS: Final = """
create function search_taken_of_units() returns trigger language plpgsql as $$
begin
  perform search_taken(
    array(select distinct u.offer_id from changed c join unit u on u.id = c.unit_id order by 1));
  return null;
end $$"""

COUNT: Final = """
create function search_count() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    insert into search_facet (category, tags, documents) select category, tags, count(*) from come group by 1, 2;
  elsif tg_op = 'DELETE' then
    insert into search_facet (category, tags, documents) select category, tags, -count(*) from gone group by 1, 2;
  else
    insert into search_facet (category, tags, documents)
      select category, tags, sum(number) from (
        select category, tags, 1 as number from come union all select category, tags, -1 from gone
      ) changes group by 1, 2 having sum(number) <> 0;
  end if;
  return null;
end $$"""

OUTSIDE: Final = "alter table search_document alter column words set storage external"

BULK: Final = "when (current_setting('ensemble.bulk', true) is distinct from 'on')"


def _on(table: str, function: str) -> tuple[str, ...]:
    """Statement triggers of one table: a transition table belongs to one kind of event."""
    kinds = (("insert", "new"), ("update", "new"), ("delete", "old"))
    return tuple(
        f"create trigger search_{table}_{kind} after {kind} on {table} referencing {side} table as changed"
        f" for each statement {BULK} execute function {function}()"
        for kind, side in kinds
    )


COUNTS: Final = (
    f"create trigger search_count_insert after insert on search_document referencing new table as come"
    f" for each statement {BULK} execute function search_count()",
    f"create trigger search_count_update after update on search_document referencing old table as gone"
    f" new table as come for each statement {BULK} execute function search_count()",
    f"create trigger search_count_delete after delete on search_document referencing old table as gone"
    f" for each statement {BULK} execute function search_count()",
)

CREATE: Final = (
    OUTSIDE,
    TAKEN,
    OF_OFFERS,
    OF_UNITS,
    COUNT,
    *_on("unit", "search_taken_of_offers"),
    *_on("reservation", "search_taken_of_units"),
    *COUNTS,
)


def ddl(statement: str) -> DDL:
    """A statement for `after_create`; its per cent signs are its own."""
    return DDL(statement.replace("%", "%%"))  # type: ignore[no-untyped-call]
