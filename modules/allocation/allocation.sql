-- name: read_current_rules
-- The lines of each merchant's newest rule in force at $3; one row with nulls for a rule without
-- lines.
select r.merchant_id, r.version, l.line_no, l.role, l.party_id, l.bps, l.base, l.minimum_minor, l.cap_minor
from unnest($2::text[]) as m (id)
cross join lateral (
  select v.merchant_id, v.version
  from allocation_rule v
  where v.institution_id = $1 and v.merchant_id = m.id and v.effective_at <= $3
  order by v.version desc
  limit 1
) as r
left join allocation_line l
  on l.institution_id = $1 and l.merchant_id = r.merchant_id and l.version = r.version

-- name: read_versions
-- All versions of one merchant's rule, newest first, a row for each line.
select r.version, r.effective_at, r.created_by, r.created_at,
  l.role, l.party_id, l.bps, l.base, l.minimum_minor, l.cap_minor
from allocation_rule r
left join allocation_line l
  on l.institution_id = r.institution_id and l.merchant_id = r.merchant_id and l.version = r.version
where r.institution_id = $1 and r.merchant_id = $2
order by r.version desc, l.line_no

-- name: insert_rule
-- The next version of the merchant's rule. Two writers at once: the second meets the unique key.
insert into allocation_rule (institution_id, merchant_id, version, effective_at, created_by, created_at)
select $1, $2, coalesce(max(version), 0) + 1, $3, $4, $5
from allocation_rule
where institution_id = $1 and merchant_id = $2
returning version

-- name: insert_lines
insert into allocation_line (institution_id, merchant_id, version, line_no, role, party_id, bps, base,
  minimum_minor, cap_minor)
select $1, $2, $3, l.line_no, l.role, l.party_id, l.bps, l.base, l.minimum_minor, l.cap_minor
from unnest($4::text[], $5::text[], $6::int[], $7::text[], $8::bigint[], $9::bigint[])
  with ordinality as l (role, party_id, bps, base, minimum_minor, cap_minor, line_no)
