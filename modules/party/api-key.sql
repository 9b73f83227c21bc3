-- name: list
-- The keys of kind $2 of subject $3 that are good at $4, the newest first.
select token_hash, created_at, expires_at
from credential
where institution_id = $1 and kind = $2 and subject_id = $3 and revoked_at is null
  and (expires_at is null or expires_at > $4)
order by created_at desc, token_hash

-- name: find
-- The keys whose hashes lie from $2 to $3, which their number says, good at $4.
select kind, subject_id, token_hash, created_at, expires_at
from credential
where institution_id = $1 and token_hash between $2::bytea and $3::bytea and revoked_at is null
  and kind in ('merchant_key', 'party_key') and (expires_at is null or expires_at > $4)

-- name: let_end
-- Ends the keys of kind $2 of subject $3 at $4, those that do not end before.
update credential
set expires_at = $4
where institution_id = $1 and kind = $2 and subject_id = $3 and revoked_at is null
  and (expires_at is null or expires_at > $4)
