-- name: page_devices
-- The keys of devices after $2, $3 at most.
select id, id as owner, sealed_key as sealed
from payer_device
where institution_id = $1 and id > $2
order by id
limit $3

-- name: put_devices
-- The same sealed anew, where nobody has changed them meanwhile.
update payer_device t
set sealed_key = n.fresh
from unnest($2::text[], $3::bytea[], $4::bytea[]) as n (id, old, fresh)
where t.institution_id = $1 and t.id = n.id and t.sealed_key = n.old
returning t.id

-- name: page_tokens
-- The sources after $2, $3 at most, with the tokens of those that are linked accounts.
select id, id as owner, sealed_token as sealed
from source
where institution_id = $1 and id > $2
order by id
limit $3

-- name: put_tokens
-- The same sealed anew, where nobody has changed them meanwhile.
update source t
set sealed_token = n.fresh
from unnest($2::text[], $3::bytea[], $4::bytea[]) as n (id, old, fresh)
where t.institution_id = $1 and t.id = n.id and t.sealed_token = n.old
returning t.id

-- name: page_peers
-- The keys that answers to other institutions are signed with, after $2, $3 at most.
select id, id as owner, sealed_private_key as sealed
from peer_institution
where institution_id = $1 and id > $2
order by id
limit $3

-- name: put_peers
-- The same sealed anew, where nobody has changed them meanwhile.
update peer_institution t
set sealed_private_key = n.fresh
from unnest($2::text[], $3::bytea[], $4::bytea[]) as n (id, old, fresh)
where t.institution_id = $1 and t.id = n.id and t.sealed_private_key = n.old
returning t.id

-- name: page_next_peers
-- The keys that they will be signed with, where there are some, after $2, $3 at most.
select id, id as owner, sealed_next_key as sealed
from peer_institution
where institution_id = $1 and id > $2
order by id
limit $3

-- name: put_next_peers
-- The same sealed anew, where nobody has changed them meanwhile.
update peer_institution t
set sealed_next_key = n.fresh
from unnest($2::text[], $3::bytea[], $4::bytea[]) as n (id, old, fresh)
where t.institution_id = $1 and t.id = n.id and t.sealed_next_key = n.old
returning t.id
