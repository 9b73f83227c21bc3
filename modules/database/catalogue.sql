-- name: tables
-- Every table of ours with its columns, in order. Types are written as PostgreSQL writes them.
select c.relname as "table",
  array_agg(a.attname::text order by a.attnum) as columns,
  array_agg(format_type(a.atttypid, a.atttypmod) order by a.attnum) as types,
  array_agg(a.attnotnull order by a.attnum) as not_null,
  array_agg(pg_get_expr(d.adbin, d.adrelid) order by a.attnum) as defaults,
  array_agg(a.attgenerated <> '' order by a.attnum) as generated
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
where n.nspname = 'public' and c.relkind in ('r', 'p')
group by c.relname
order by c.relname collate "C"

-- name: constraints
-- Every constraint but "not null", which stands with its column; newer servers list it here too.
select c.relname as "table", k.conname as name, k.contype as kind,
  pg_get_constraintdef(k.oid) as definition
from pg_constraint k
join pg_class c on c.oid = k.conrelid
join pg_namespace n on n.oid = c.relnamespace
where n.nspname = 'public' and k.contype in ('p', 'u', 'c', 'f')
order by c.relname collate "C", array_position(array['p', 'u', 'c', 'f'], k.contype::text),
  k.conname collate "C"

-- name: indexes
-- Every index that no constraint has made.
select c.relname as "table", pg_get_indexdef(i.indexrelid) as definition
from pg_index i
join pg_class c on c.oid = i.indrelid
join pg_class x on x.oid = i.indexrelid
join pg_namespace n on n.oid = c.relnamespace
where n.nspname = 'public' and c.relkind in ('r', 'p')
  and not exists (select from pg_constraint k where k.conindid = i.indexrelid)
order by c.relname collate "C", x.relname collate "C"

-- name: grants
-- What role $1 may do: on whole tables, and on single columns of them.
select g."table", g.privilege, g.columns
from (
  select c.relname as "table", x.privilege_type as privilege, null::text[] as columns
  from pg_class c
  cross join lateral aclexplode(c.relacl) x
  where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v')
    and x.grantee = (select oid from pg_roles where rolname = $1)
  union all
  select c.relname, x.privilege_type, array_agg(a.attname::text order by a.attname)
  from pg_class c
  join pg_attribute a on a.attrelid = c.oid and not a.attisdropped
  cross join lateral aclexplode(a.attacl) x
  where c.relnamespace = 'public'::regnamespace
    and x.grantee = (select oid from pg_roles where rolname = $1)
  group by c.relname, x.privilege_type
) g
order by g."table" collate "C", g.privilege collate "C", g.columns nulls first

-- name: views
-- Every view, with its query.
select c.relname as name, pg_get_viewdef(c.oid) as definition
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
where n.nspname = 'public' and c.relkind = 'v'
order by c.relname collate "C"

-- name: primary_keys
-- The columns of each table's primary key, in its order: the order in which a backup reads.
select c.relname as "table", array_agg(a.attname::text order by k.place) as columns
from pg_index i
join pg_class c on c.oid = i.indrelid
join pg_namespace n on n.oid = c.relnamespace
cross join lateral unnest(i.indkey::smallint[]) with ordinality as k (number, place)
join pg_attribute a on a.attrelid = c.oid and a.attnum = k.number
where n.nspname = 'public' and i.indisprimary
group by c.relname
