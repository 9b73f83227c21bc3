-- name: read_permissions
-- What the terminals $2 of a batch may do, and whose they are. Read without a lock, inside the
-- batch's transaction and after its locks.
select t.id as terminal_id, t.name as terminal_name, t.merchant_id, m.name as merchant_name, m.category,
  t.store_id, s.name as store_name, s.kind as store_kind, s.latitude as store_latitude,
  s.longitude as store_longitude, t.is_virtual, t.activated_at is not null as is_activated,
  t.latitude, t.longitude, t.accuracy_m, t.position_at, m.state as merchant_state, s.state as store_state,
  (
    select json_agg(p)
    from terminal_permission p
    where p.institution_id = $1 and p.subject_id in (t.id, t.store_id, t.merchant_id)
  ) as levels
from terminal t
join merchant m on m.institution_id = t.institution_id and m.id = t.merchant_id
join store s on s.institution_id = t.institution_id and s.id = t.store_id
where t.institution_id = $1 and t.id = any ($2::text[])

-- name: read_levels
-- What is said of the subjects $2: a terminal, its store, its merchant.
select scope, may_take_payment, may_refund, may_reverse, limit_per_payment_minor, limit_per_day_minor, hours,
  schemes, fence_radius_m, fence_action, is_locked, reason, updated_by, updated_at, subject_id
from terminal_permission
where institution_id = $1 and subject_id = any ($2::text[])

-- name: lock_levels
-- The same, locked in key order until the commit.
select scope, may_take_payment, may_refund, may_reverse, limit_per_payment_minor, limit_per_day_minor, hours,
  schemes, fence_radius_m, fence_action, is_locked, reason, updated_by, updated_at, subject_id
from terminal_permission
where institution_id = $1 and subject_id = any ($2::text[])
order by subject_id
for no key update

-- name: open_levels
-- Levels that say nothing, for subjects that have none, so that there is something to lock.
insert into terminal_permission (institution_id, subject_id, scope, updated_by, updated_at)
select $1, l.subject_id, $3, $4, $5
from unnest($2::text[]) as l (subject_id)
order by l.subject_id
on conflict (institution_id, subject_id) do nothing

-- name: put_levels
-- What levels say now; the rows are locked.
update terminal_permission p
set may_take_payment = l.may_take_payment, may_refund = l.may_refund, may_reverse = l.may_reverse,
  limit_per_payment_minor = l.limit_per_payment_minor, limit_per_day_minor = l.limit_per_day_minor,
  hours = l.hours, schemes = string_to_array(l.schemes, ','), fence_radius_m = l.fence_radius_m,
  fence_action = l.fence_action, is_locked = l.is_locked, reason = $13, updated_by = $14, updated_at = $15,
  version = p.version + 1
from unnest($2::text[], $3::boolean[], $4::boolean[], $5::boolean[], $6::bigint[], $7::bigint[], $8::jsonb[],
  $9::text[], $10::int[], $11::text[], $12::boolean[])
  as l (subject_id, may_take_payment, may_refund, may_reverse, limit_per_payment_minor, limit_per_day_minor, hours,
  schemes, fence_radius_m, fence_action, is_locked)
where p.institution_id = $1 and p.subject_id = l.subject_id

-- name: terminals_of
-- The devices that belong to the institution, a merchant or a store, or are named themselves.
select id, merchant_id
from terminal
where institution_id = $1 and not is_virtual
  and ($1 = any ($2::text[]) or merchant_id = any ($2::text[]) or store_id = any ($2::text[]) or id = any ($2::text[]))
order by id
