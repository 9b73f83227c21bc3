-- name: take
-- Takes key $3 in scope $2 for this attempt. It waits for another attempt that is not yet
-- committed, and answers no row when the key is taken.
insert into idempotency (institution_id, scope, key, request_fingerprint, status, response, created_at)
values ($1, $2, $3, $4, 0, 'null', $5)
on conflict (institution_id, scope, key) do nothing
returning key

-- name: read
-- What was answered to the attempt that took the key.
select request_fingerprint, status, response
from idempotency
where institution_id = $1 and scope = $2 and key = $3

-- name: answer
-- Keeps the answer, in the transaction that made it true.
update idempotency
set status = $4, response = $5
where institution_id = $1 and scope = $2 and key = $3

-- name: purge
-- Forgets keys that were taken before $2.
delete from idempotency
where institution_id = $1 and created_at < $2
