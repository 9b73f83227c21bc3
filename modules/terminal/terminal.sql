-- name: create
-- Adds a terminal that waits for its activation; the same id again, by a rerun, changes nothing.
insert into terminal (institution_id, id, merchant_id, store_id, name, activation_hash, activation_expires_at,
  created_at)
values ($1, $2, $3, $4, $5, $6, $7, $8)
on conflict (institution_id, id) do nothing

-- name: renew_activation
-- Puts another activation code in the place of the one that terminal $2 had.
update terminal
set activation_hash = $3, activation_expires_at = $4
where institution_id = $1 and id = $2 and not is_virtual

-- name: activate
-- Takes the activation code with hash $2, if it lives at $3, for the device with key $4. Of several at
-- once one finds the row as it was; the others wait for its lock and then find no such code.
update terminal
set activation_hash = null, activation_expires_at = null, activated_at = $3, public_key = $4
where institution_id = $1 and activation_hash = $2 and activation_expires_at > $3
returning id, merchant_id

-- name: acknowledge
-- Terminal $2 follows the configuration $3.
update terminal
set configuration_version = $3
where institution_id = $1 and id = $2

-- name: read
-- Terminal $2, a virtual one too.
select t.id, t.merchant_id, t.store_id, t.name, t.is_virtual, t.activated_at, t.activation_expires_at, t.last_seen_at,
  t.heartbeat_at, t.app_version, t.configuration_version, t.latitude, t.longitude, t.accuracy_m, t.position_at,
  t.position_flags, t.position_distance_m, t.is_mock, t.public_key, t.created_at, p.may_take_payment, p.may_refund,
  p.limit_per_payment_minor, coalesce(p.is_locked, false) as is_locked
from terminal t
left join terminal_permission p on p.institution_id = t.institution_id and p.subject_id = t.id
where t.institution_id = $1 and t.id = $2

-- name: read_page
-- A page of devices, the newest first, older than $2: of all, or of merchant $3, of store $4, in state $5,
-- called somehow like $6.
select t.id, t.merchant_id, t.store_id, t.name, t.is_virtual, t.activated_at, t.activation_expires_at, t.last_seen_at,
  t.heartbeat_at, t.app_version, t.configuration_version, t.latitude, t.longitude, t.accuracy_m, t.position_at,
  t.position_flags, t.position_distance_m, t.is_mock, t.public_key, t.created_at, p.may_take_payment, p.may_refund,
  p.limit_per_payment_minor, coalesce(p.is_locked, false) as is_locked
from terminal t
left join terminal_permission p on p.institution_id = t.institution_id and p.subject_id = t.id
where t.institution_id = $1 and t.id < $2 and not t.is_virtual
  and ($3::text is null or t.merchant_id = $3) and ($4::text is null or t.store_id = $4)
  and ($5::text is null or $5 = case when coalesce(p.is_locked, false) then 'locked'
    when t.activated_at is null then 'new' else 'active' end)
  and ($6::text is null or strpos(lower(t.name), lower($6)) > 0 or t.id = $6)
order by t.id desc
limit $7

-- name: read_some
-- The terminals $2, virtual ones too.
select t.id, t.merchant_id, t.store_id, t.name, t.is_virtual, t.activated_at, t.activation_expires_at, t.last_seen_at,
  t.heartbeat_at, t.app_version, t.configuration_version, t.latitude, t.longitude, t.accuracy_m, t.position_at,
  t.position_flags, t.position_distance_m, t.is_mock, t.public_key, t.created_at, p.may_take_payment, p.may_refund,
  p.limit_per_payment_minor, coalesce(p.is_locked, false) as is_locked
from terminal t
left join terminal_permission p on p.institution_id = t.institution_id and p.subject_id = t.id
where t.institution_id = $1 and t.id = any ($2::text[])

-- name: create_virtual
-- Opens the virtual terminal of a store; a store that has one keeps it.
insert into terminal (institution_id, id, merchant_id, store_id, name, is_virtual, activated_at, created_at)
values ($1, $2, $3, $4, $5, true, $6, $6)
on conflict do nothing

-- name: read_virtual
-- The virtual terminal of store $2.
select id
from terminal
where institution_id = $1 and store_id = $2 and is_virtual

-- name: count_guesses
-- Adds to the counters of codes that were never issued, in key order.
insert into terminal_guess (institution_id, terminal_id, day, guesses)
select $1, g.terminal_id, g.day, g.guesses
from unnest($2::text[], $3::date[], $4::int[]) as g (terminal_id, day, guesses)
order by g.terminal_id, g.day
on conflict (institution_id, terminal_id, day)
do update set guesses = terminal_guess.guesses + excluded.guesses
returning terminal_id, day::text, guesses

-- name: open_guesses
-- Counters of the terminals $2 on local day $3 that are missing, at nothing, in key order.
insert into terminal_guess (institution_id, terminal_id, day, guesses)
select $1, g.terminal_id, $3::date, 0
from unnest($2::text[]) as g (terminal_id)
order by g.terminal_id
on conflict (institution_id, terminal_id, day) do nothing

-- name: lock_guesses
-- The same counters, locked in key order until the commit.
select terminal_id, guesses
from terminal_guess
where institution_id = $1 and terminal_id = any ($2::text[]) and day = $3::date
order by terminal_id
for no key update

-- name: read_guesses
-- How many unknown codes the terminals $2 scanned on local day $3.
select terminal_id, guesses
from terminal_guess
where institution_id = $1 and terminal_id = any ($2::text[]) and day = $3::date

-- name: purge_guesses
-- Forgets the guesses of days before $2.
delete from terminal_guess where institution_id = $1 and day < $2::date
