-- name: account
-- Whole rows as text, bytes in hexadecimal.
select row_to_json(a)::text as row from channel_account a where a.institution_id = $1

-- name: trail
select row_to_json(t)::text as row from trail_entry t where t.institution_id = $1

-- name: answers
select row_to_json(i)::text as row from idempotency i where i.institution_id = $1
