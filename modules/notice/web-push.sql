-- name: read_key
-- By what push services know the institution.
select public_key, sealed_private_key, contact
from web_push_key
where institution_id = $1

-- name: put_key
-- The first one stays: browsers hold subscriptions that were made for it.
insert into web_push_key (institution_id, public_key, sealed_private_key, contact, created_at)
values ($1, $2, $3, $4, $5)
on conflict (institution_id) do nothing

-- name: put
-- Where a browser may be woken; one that is known goes to the payer who is signed in there now.
insert into web_push_subscription (institution_id, id, payer_id, address_hash, sealed_address,
  created_at)
values ($1, $2, $3, $4, $5, $6)
on conflict (institution_id, address_hash) do update
set payer_id = excluded.payer_id, sealed_address = excluded.sealed_address,
  created_at = excluded.created_at
returning id

-- name: keep_newest
-- Of payer $2 no more than $3 browsers.
delete from web_push_subscription
where institution_id = $1 and payer_id = $2 and id in (
  select id from web_push_subscription
  where institution_id = $1 and payer_id = $2
  order by created_at desc, id desc
  offset $3)

-- name: remove_own
-- Browser $3 of payer $2 is woken no more.
delete from web_push_subscription
where institution_id = $1 and payer_id = $2 and id = $3
returning id

-- name: remove
-- These are gone, as their push services say.
delete from web_push_subscription
where institution_id = $1 and id = any ($2::text[])

-- name: list_of_payers
-- The browsers of the payers $2.
select id, payer_id
from web_push_subscription
where institution_id = $1 and payer_id = any ($2::text[])
order by id

-- name: read_addresses
-- Where the browsers $2 are woken.
select id, address_hash, sealed_address
from web_push_subscription
where institution_id = $1 and id = any ($2::text[])
