-- name: grown_tables
-- Tables of this login that are twice as large as when the server last measured them, or that it has
-- never looked into since it started to count.
select format('%I', c.relname) as name
from pg_class c
where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and pg_has_role(c.relowner, 'USAGE')
  and pg_relation_size(c.oid) > 2 * current_setting('block_size')::bigint
    * case when pg_stat_get_analyze_count(c.oid) + pg_stat_get_autoanalyze_count(c.oid) = 0 then 1
      else greatest(c.relpages, 1) end
order by 1
