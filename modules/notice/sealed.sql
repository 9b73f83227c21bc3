-- name: page_endpoints
-- The secrets of endpoints after $2, $3 at most.
select id, id as owner, sealed_secrets as sealed
from webhook_endpoint
where institution_id = $1 and id > $2 and state <> 'deleted'
order by id
limit $3

-- name: put_endpoints
-- The same sealed anew, where nobody has changed them meanwhile.
update webhook_endpoint t
set sealed_secrets = n.fresh
from unnest($2::text[], $3::bytea[], $4::bytea[]) as n (id, old, fresh)
where t.institution_id = $1 and t.id = n.id and t.sealed_secrets = n.old
returning t.id

-- name: page_browsers
-- The addresses of browsers after $2, $3 at most.
select id, encode(address_hash, 'hex') as owner, sealed_address as sealed
from web_push_subscription
where institution_id = $1 and id > $2
order by id
limit $3

-- name: put_browsers
-- The same sealed anew, where nobody has changed them meanwhile.
update web_push_subscription t
set sealed_address = n.fresh
from unnest($2::text[], $3::bytea[], $4::bytea[]) as n (id, old, fresh)
where t.institution_id = $1 and t.id = n.id and t.sealed_address = n.old
returning t.id

-- name: page_push_keys
-- The one key by which push services know the institution; it has the institution's own number.
select institution_id as id, 'web_push_key' as owner, sealed_private_key as sealed
from web_push_key
where institution_id = $1 and institution_id > $2
limit $3

-- name: put_push_keys
-- The same sealed anew, where nobody has changed it meanwhile.
update web_push_key t
set sealed_private_key = n.fresh
from unnest($2::text[], $3::bytea[], $4::bytea[]) as n (id, old, fresh)
where t.institution_id = $1 and t.institution_id = n.id and t.sealed_private_key = n.old
returning t.institution_id as id
