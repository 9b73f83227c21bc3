-- name: create_payer
-- Adds a payer. A login that is taken leaves no row, and so does a rerun.
insert into payer (institution_id, id, login, name, password_hash, pin_hash, chosen_source_id, mandate_id, created_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
on conflict do nothing

-- name: read_payer
-- Payer $2, without password and PIN.
select id, login, name, state, chosen_source_id, mandate_id, is_auto, created_at
from payer
where institution_id = $1 and id = $2

-- name: read_payer_by_login
-- The payer with login $2, and the hash that a sign-in is checked against.
select id, login, name, state, chosen_source_id, mandate_id, is_auto, created_at, password_hash
from payer
where institution_id = $1 and login = $2

-- name: read_payers
-- A page of payers, the newest first, older than $2, with $4 in the name or login, or as their id. Not
-- by a pattern, in which a typed % would count.
select id, login, name, state, chosen_source_id, mandate_id, is_auto, created_at
from payer
where institution_id = $1 and id < $2
  and ($4::text is null or strpos(lower(name), $4) > 0 or strpos(login, $4) > 0 or id = $4)
order by id desc
limit $3

-- name: count_try
-- Counts a try at the PIN before it is looked at, so that tries at once cannot pass the bound $3
-- together. No row: the payer is not active, or that many tries are under way or were wrong.
update payer
set pin_failures = pin_failures + 1
where institution_id = $1 and id = $2 and state = 'active' and pin_failures < $3
returning pin_hash, pin_failures

-- name: forget_tries
-- The PIN was right: those before it do not count any more.
update payer
set pin_failures = 0
where institution_id = $1 and id = $2 and state = 'active'

-- name: freeze
-- Freezes a payer whose tries are used up. No row: somebody else did.
update payer
set state = 'frozen'
where institution_id = $1 and id = $2 and state = 'active' and pin_failures >= $3
returning id

-- name: unfreeze
-- Opens a frozen payer again, with all tries at the PIN.
update payer
set state = 'active', pin_failures = 0
where institution_id = $1 and id = $2 and state = 'frozen'
returning id

-- name: set_pin
-- Gives the payer another PIN.
update payer
set pin_hash = $3, pin_failures = 0
where institution_id = $1 and id = $2 and state = 'active'
returning id

-- name: set_auto
-- Lets codes choose among all sources, or no more.
update payer
set is_auto = $3
where institution_id = $1 and id = $2
returning id
