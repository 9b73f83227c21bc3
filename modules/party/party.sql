-- name: create_party
-- Adds an agent or platform to institution $1; the same id again, by a rerun, changes nothing.
insert into party (institution_id, id, kind, name, created_at)
values ($1, $2, $3, $4, $5)
on conflict (institution_id, id) do nothing

-- name: read_party
-- Agent or platform $2, a closed one too.
select id, kind, name, state, created_at
from party
where institution_id = $1 and id = $2

-- name: read_parties
-- A page of agents and platforms, the newest first, older than $2, called somehow like $4.
select id, kind, name, state, created_at
from party
where institution_id = $1 and id < $2
  and ($4::text is null or strpos(lower(name), lower($4)) > 0 or id = $4)
order by id desc
limit $3

-- name: create_merchant
-- Adds a merchant. The same id again changes nothing, and so does a second house merchant.
insert into merchant (institution_id, id, name, category, agent_id, platform_id, is_house, created_at)
values ($1, $2, $3, $4, $5, $6, $7, $8)
on conflict do nothing
returning id

-- name: read_merchant
-- Merchant $2, a closed one and the house merchant too.
select id, name, category, agent_id, platform_id, is_house, state, created_at
from merchant
where institution_id = $1 and id = $2

-- name: change_merchant
-- Closes a merchant, or opens it again.
update merchant
set state = coalesce($3, state)
where institution_id = $1 and id = $2 and not is_house
returning id

-- name: read_house_merchant
-- The one merchant that stands for the institution itself.
select id, name, category, agent_id, platform_id, is_house, state, created_at
from merchant
where institution_id = $1 and is_house

-- name: read_merchants
-- A page of merchants, the newest first, older than $2, called somehow like $4, in state $5; the house
-- merchant is not one of them.
select id, name, category, agent_id, platform_id, is_house, state, created_at
from merchant
where institution_id = $1 and id < $2 and not is_house
  and ($4::text is null or strpos(lower(name), lower($4)) > 0 or id = $4)
  and ($5::text is null or state = $5)
order by id desc
limit $3

-- name: create_store
-- Adds a store; the same id again, by a rerun, changes nothing.
insert into store (institution_id, id, merchant_id, name, kind, address, latitude, longitude, created_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
on conflict (institution_id, id) do nothing

-- name: change_store
-- Changes store $2: null leaves name $3, kind $4 and state $5 as they are; address $7 counts when $6 says
-- so, and position $9, $10 when $8 does, so that both can be taken away.
update store
set name = coalesce($3, name), kind = coalesce($4, kind), state = coalesce($5, state),
  address = case when $6::boolean then $7 else address end,
  latitude = case when $8::boolean then $9 else latitude end,
  longitude = case when $8::boolean then $10 else longitude end
where institution_id = $1 and id = $2
returning id, merchant_id, name, kind, address, latitude, longitude, state, created_at

-- name: read_store
-- Store $2, a closed one too.
select id, merchant_id, name, kind, address, latitude, longitude, state, created_at
from store
where institution_id = $1 and id = $2

-- name: read_stores
-- A page of the stores of all merchants, the newest first, older than $2, called somehow like $4.
select id, merchant_id, name, kind, address, latitude, longitude, state, created_at
from store
where institution_id = $1 and id < $2
  and ($4::text is null or strpos(lower(name), lower($4)) > 0 or id = $4)
order by id desc
limit $3

-- name: read_stores_of_merchant
-- A page of the stores of merchant $2, the newest first, older than $3, called somehow like $5.
select id, merchant_id, name, kind, address, latitude, longitude, state, created_at
from store
where institution_id = $1 and merchant_id = $2 and id < $3
  and ($5::text is null or strpos(lower(name), lower($5)) > 0 or id = $5)
order by id desc
limit $4

-- name: create_person
-- Adds a person on the staff. A login that is taken leaves no row, and so does a rerun.
insert into person (institution_id, id, login, name, password_hash, role, merchant_id, party_id, created_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
on conflict do nothing

-- name: read_person
-- Person $2, without the password.
select id, login, name, role, merchant_id, party_id, state
from person
where institution_id = $1 and id = $2

-- name: read_person_by_login
-- The person with login $2, and the hash that a sign-in is checked against.
select id, login, name, role, merchant_id, party_id, state, password_hash
from person
where institution_id = $1 and login = $2

-- name: read_people
-- A page of the staff, the newest first, older than $2: of all, or of merchant $4, called somehow like $5.
select id, login, name, role, merchant_id, party_id, state, created_at
from person
where institution_id = $1 and id < $2
  and ($4::text is null or merchant_id = $4)
  and ($5::text is null or strpos(lower(name), lower($5)) > 0 or strpos(login, lower($5)) > 0 or id = $5)
order by id desc
limit $3

-- name: change_person
-- Gives person $2 another name $3, state $4 or password $5; null leaves each as it is.
update person
set name = coalesce($3, name), state = coalesce($4, state), password_hash = coalesce($5, password_hash)
where institution_id = $1 and id = $2
returning id

-- name: read_password
-- The hash of the password of person $2, who is still on the staff.
select password_hash
from person
where institution_id = $1 and id = $2 and state = 'active'
