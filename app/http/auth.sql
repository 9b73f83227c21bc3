-- name: read_live
-- Which of the tokens with the hashes $2 of institution $1 are still good at $3.
select token_hash
from credential
where institution_id = $1 and token_hash = any ($2::bytea[])
  and revoked_at is null and (expires_at is null or expires_at > $3)
