-- name: create_account
-- Adds an account; the same id again, by a rerun, changes nothing and answers no row.
insert into channel_account (institution_id, id, channel, scheme, name, acquirer, settlement, merchant_id,
  state, cost_bps, concurrency, settings, sealed_keys, key_hints, created_at, updated_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12::json, $13::bytea, $14::json, $15, $15)
on conflict (institution_id, id) do nothing
returning id

-- name: bump_version
-- Tells every process that its copies of this institution's accounts are old.
insert into channel_version (institution_id, version)
values ($1, 1)
on conflict (institution_id) do update set version = channel_version.version + 1

-- name: read_version
-- How often the accounts of an institution were changed; no row before the first.
select version
from channel_version
where institution_id = $1

-- name: lock_account
-- Account $2, locked until the transaction ends, because a change builds on what stands there.
select institution_id, id, channel, scheme, name, acquirer, settlement, merchant_id, state, cost_bps,
  concurrency, settings, key_hints, sealed_keys, version, created_at, updated_at
from channel_account
where institution_id = $1 and id = $2
for no key update

-- name: change_account
-- Puts the changed account $2 in the place of the old one and counts the change.
update channel_account
set name = $3, state = $4, cost_bps = $5, concurrency = $6, settings = $7::json, sealed_keys = $8::bytea,
  key_hints = $9::json, version = version + 1, updated_at = $10
where institution_id = $1 and id = $2

-- name: read_account
-- Account $2, a closed one too.
select institution_id, id, channel, scheme, name, acquirer, settlement, merchant_id, state, cost_bps,
  concurrency, settings, key_hints, sealed_keys, version, created_at, updated_at
from channel_account
where institution_id = $1 and id = $2

-- name: read_accounts
-- The few accounts of an institution, the oldest first, closed ones too.
select institution_id, id, channel, scheme, name, acquirer, settlement, merchant_id, state, cost_bps,
  concurrency, settings, key_hints, sealed_keys, version, created_at, updated_at
from channel_account
where institution_id = $1
order by id

-- name: page_sealed
-- The sealed keys of the accounts after $2, $3 at most.
select id, id as owner, sealed_keys as sealed
from channel_account
where institution_id = $1 and id > $2
order by id
limit $3

-- name: put_sealed
-- The same keys sealed anew, where nobody has changed them meanwhile.
update channel_account a
set sealed_keys = n.fresh
from unnest($2::text[], $3::bytea[], $4::bytea[]) as n (id, old, fresh)
where a.institution_id = $1 and a.id = n.id and a.sealed_keys = n.old
returning a.id
