-- name: read_recent
-- How many devices payer $2 has enrolled since $3, revoked ones too.
select count(*)::int as enrolled
from payer_device
where institution_id = $1 and payer_id = $2 and created_at > $3

-- name: next_number
-- The next number of a device. Enrolments of an institution take turns here, until each commits.
insert into device_counter (institution_id, last_number)
values ($1, 1)
on conflict (institution_id)
do update set last_number = device_counter.last_number + 1
returning last_number

-- name: enrol
insert into payer_device (institution_id, id, payer_id, number, name, platform, sealed_key, created_at)
values ($1, $2, $3, $4, $5, $6, $7, $8)

-- name: read
-- One device of payer $2.
select id, payer_id, number, name, platform, state, clock_offset_ms, created_at, last_seen_at
from payer_device
where institution_id = $1 and payer_id = $2 and id = $3

-- name: read_payer_of
-- Whose device it is.
select payer_id
from payer_device
where institution_id = $1 and id = $2

-- name: read_all
-- The devices of payer $2, the newest first, older than $3.
select id, payer_id, number, name, platform, state, clock_offset_ms, created_at, last_seen_at
from payer_device
where institution_id = $1 and payer_id = $2 and id < $3
order by id desc
limit $4

-- name: lock
-- Locks the devices $3 of payer $2, or all of them for a null, before the codes that they have.
select id, payer_id, number, name, platform, state, clock_offset_ms, created_at, last_seen_at
from payer_device
where institution_id = $1 and payer_id = $2 and ($3::text[] is null or id = any ($3::text[]))
order by id
for no key update

-- name: set_state
-- Puts locked devices into another state.
update payer_device
set state = $3
where institution_id = $1 and id = any ($2::text[])

-- name: lock_unused
-- Locks the codes of devices $2 that were not used, in key order.
select code_hash
from payment_code
where institution_id = $1 and device_id = any ($2::text[]) and used_at is null
order by code_hash
for no key update

-- name: stop_codes
-- Stops locked codes; what was stopped for good stays so.
update payment_code
set stopped = $3
where institution_id = $1 and code_hash = any ($2::bytea[]) and used_at is null
  and (stopped is null or stopped = 'frozen')

-- name: free_codes
-- What was only frozen with its device counts again.
update payment_code
set stopped = null
where institution_id = $1 and code_hash = any ($2::bytea[]) and used_at is null and stopped = 'frozen'

-- name: see
-- When the device was last heard of, and how far its clock was from ours.
update payer_device
set last_seen_at = $4, clock_offset_ms = coalesce($5::int, clock_offset_ms)
where institution_id = $1 and payer_id = $2 and id = $3
