-- name: issue
-- Stores the hash of a token of institution $1. The same token again, by a rerun, changes nothing.
insert into credential (institution_id, token_hash, kind, subject_id, created_at, expires_at)
values ($1, $2, $3, $4, $5, $6)
on conflict (institution_id, token_hash) do nothing

-- name: read
-- The credential with the token hash $2, revoked or expired ones too.
select kind, subject_id, created_at, expires_at, revoked_at
from credential
where institution_id = $1 and token_hash = $2

-- name: revoke_of_subject
-- Ends at $4 what subject $2 holds of kind $3. Rows that are revoked keep their first time.
update credential
set revoked_at = $4
where institution_id = $1 and subject_id = $2 and kind = $3 and revoked_at is null

-- name: revoke_one
-- Ends the token with the hash $2 at $3.
update credential
set revoked_at = $3
where institution_id = $1 and token_hash = $2 and revoked_at is null
