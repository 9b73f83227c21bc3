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
-- Takes the activation code with hash $2, if it lives at $3. Of several at once one finds the row
-- as it was; the others wait for its lock and then find no such code. Locked stays locked.
update terminal
set activation_hash = null, activation_expires_at = null, activated_at = $3,
  state = case when state = 'new' then 'active' else state end
where institution_id = $1 and activation_hash = $2 and activation_expires_at > $3
returning id

-- name: change_permission
-- Changes what terminal $2 may do; a null leaves things as they are, and so does the limit $6
-- unless $5. What was never activated is new again when it is unlocked.
update terminal
set state = case
    when $3::text is null then state
    when $3 = 'active' and activated_at is null then 'new'
    else $3
  end,
  may_take_payment = coalesce($4::boolean, may_take_payment),
  may_refund = coalesce($7::boolean, may_refund),
  limit_per_payment_minor = case when $5::boolean then $6::bigint else limit_per_payment_minor end
where institution_id = $1 and id = $2

-- name: read
-- Terminal $2, a virtual one too.
select id, merchant_id, store_id, name, is_virtual, state, may_take_payment, may_refund, limit_per_payment_minor,
  activation_expires_at, last_seen_at, latitude, longitude, accuracy_m, created_at
from terminal
where institution_id = $1 and id = $2

-- name: read_all
-- A page of the devices of all merchants, the newest first, older than $2.
select id, merchant_id, store_id, name, is_virtual, state, may_take_payment, may_refund, limit_per_payment_minor,
  activation_expires_at, last_seen_at, latitude, longitude, accuracy_m, created_at
from terminal
where institution_id = $1 and id < $2 and not is_virtual
order by id desc
limit $3

-- name: read_of_merchant
-- A page of the devices of merchant $2, the newest first, older than $3.
select id, merchant_id, store_id, name, is_virtual, state, may_take_payment, may_refund, limit_per_payment_minor,
  activation_expires_at, last_seen_at, latitude, longitude, accuracy_m, created_at
from terminal
where institution_id = $1 and merchant_id = $2 and id < $3 and not is_virtual
order by id desc
limit $4

-- name: read_permissions
-- What the terminals $2 of a batch may do, and whose they are. Read without a lock, inside the
-- batch's transaction and after its locks.
select t.id as terminal_id, t.name as terminal_name, t.merchant_id, m.name as merchant_name,
  t.store_id, s.name as store_name, t.state, t.may_take_payment, t.may_refund, t.limit_per_payment_minor,
  m.state as merchant_state, s.state as store_state
from terminal t
join merchant m on m.institution_id = t.institution_id and m.id = t.merchant_id
join store s on s.institution_id = t.institution_id and s.id = t.store_id
where t.institution_id = $1 and t.id = any ($2::text[])

-- name: create_virtual
-- Opens the virtual terminal of a store; a store that has one keeps it.
insert into terminal (institution_id, id, merchant_id, store_id, name, is_virtual, state, activated_at, created_at)
values ($1, $2, $3, $4, $5, true, 'active', $6, $6)
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

-- name: read_guesses
-- How many unknown codes the terminals $2 scanned on local day $3.
select terminal_id, guesses
from terminal_guess
where institution_id = $1 and terminal_id = any ($2::text[]) and day = $3::date

-- name: lock_seen
-- Takes the rows that are about to be touched, in key order.
select id
from terminal
where institution_id = $1 and id = any ($2::text[])
order by id
for no key update

-- name: write_seen
-- When and where terminals were last seen. A terminal that gave no position keeps the last one.
update terminal t
set last_seen_at = greatest(t.last_seen_at, s.seen_at),
  latitude = coalesce(s.latitude, t.latitude),
  longitude = coalesce(s.longitude, t.longitude),
  accuracy_m = case when s.latitude is null then t.accuracy_m else s.accuracy_m end
from unnest($2::text[], $3::timestamptz[], $4::float8[], $5::float8[], $6::float8[])
  as s (id, seen_at, latitude, longitude, accuracy_m)
where t.institution_id = $1 and t.id = s.id
