-- name: put_peer
-- Adds an institution, or gives it other keys.
insert into peer_institution (institution_id, id, name, public_key, sealed_private_key, created_at, updated_at)
values ($1, $2, $3, $4, $5, $6, $6)
on conflict (institution_id, id) do update
set name = excluded.name, public_key = excluded.public_key, sealed_private_key = excluded.sealed_private_key,
  old_public_key = null, old_key_until = null, next_answer_key = null, sealed_next_key = null,
  state = 'active', updated_at = excluded.updated_at

-- name: read_peer
-- One institution with its keys; ours is sealed.
select id, name, public_key, old_public_key, old_key_until, next_answer_key, sealed_private_key, state,
  created_at, updated_at
from peer_institution
where institution_id = $1 and id = $2

-- name: read_peers
-- A page of the institutions whose merchants may charge our payers, in the order of their ids.
select id, name, public_key, old_public_key, old_key_until, next_answer_key, sealed_private_key, state,
  created_at, updated_at
from peer_institution
where institution_id = $1 and id > $2
order by id
limit $3

-- name: change_key
-- Another key of institution $2; the one before is believed until $4 too.
update peer_institution
set old_public_key = public_key, old_key_until = $4, public_key = $3, updated_at = $5
where institution_id = $1 and id = $2 and state = 'active' and public_key <> $3

-- name: offer_next
-- The next key that answers to $2 are signed with; the one that there is already stays.
update peer_institution
set next_answer_key = $3, sealed_next_key = $4, updated_at = $5
where institution_id = $1 and id = $2 and state = 'active' and next_answer_key is null

-- name: use_next
-- From now on answers to $2 are signed with the next key.
update peer_institution
set sealed_private_key = sealed_next_key, next_answer_key = null, sealed_next_key = null, updated_at = $3
where institution_id = $1 and id = $2 and state = 'active' and next_answer_key is not null
returning id

-- name: close_peer
update peer_institution
set state = 'closed', updated_at = $3
where institution_id = $1 and id = $2 and state = 'active'
returning id

-- name: put_nonces
-- Takes requests in, each once: whose row it is tells which of two was first.
insert into peer_nonce (institution_id, peer_id, nonce, request_id, seen_at)
select $1, n.peer_id, n.nonce, n.request_id, $5
from unnest($2::text[], $3::text[], $4::text[]) as n (peer_id, nonce, request_id)
order by n.peer_id, n.nonce
on conflict (institution_id, peer_id, nonce) do nothing

-- name: read_nonces
select request_id
from peer_nonce
where institution_id = $1 and peer_id = any ($2::text[]) and nonce = any ($3::text[])

-- name: purge_nonces
-- Forgets requests whose signatures are no longer good.
delete from peer_nonce where institution_id = $1 and seen_at < $2
