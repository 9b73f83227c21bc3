-- name: read_issuing
-- What payer $2 is, for codes made without a network; the source is chosen when such a code pays.
select p.state, p.chosen_source_id, p.mandate_id, m.offline_per_day_minor, m.currency
from payer p
join mandate m on m.institution_id = p.institution_id and m.id = p.mandate_id
where p.institution_id = $1 and p.id = $2

-- name: lock_of_device
-- Locks the aliases of device $2 that are of epoch $3 or still live at $4, in key order.
select code_hash, issued_at, epoch, seq, (used_at is null and stopped is null and expires_at > $4) as is_live
from payment_code
where institution_id = $1 and device_id = $2 and (epoch = $3 or (used_at is null and expires_at > $4))
order by code_hash
for no key update

-- name: known_hashes
-- Those of the hashes that are taken: by a chance of one in millions, by an alias of another epoch.
select code_hash from payment_code
where institution_id = $1 and code_hash = any ($2::bytea[])

-- name: replace_codes
-- Unused aliases that are too many beside the new ones.
update payment_code
set stopped = 'replaced'
where institution_id = $1 and code_hash = any ($2::bytea[]) and used_at is null and stopped is null

-- name: insert_aliases
insert into payment_code (institution_id, code_hash, payer_id, source_id, mandate_id, kind, masked, issued_at, expires_at,
  device_id, epoch, seq)
select $1, a.code_hash, $3, $4, $5, 'purchase', $6, $7, $8, $9, $10, a.seq
from unnest($2::bytea[], $11::smallint[]) as a (code_hash, seq)

-- name: read_proofs
-- What the aliases with these hashes are proved by, and how often codes of their payers were wrong on
-- local day $3. Read after the locks on the codes.
select c.code_hash, c.epoch, c.seq, c.wrong_tries, d.id as device_id, d.number, d.state as device_state, d.sealed_key,
  coalesce(g.wrong, 0) as wrong_today
from payment_code c
join payer_device d on d.institution_id = c.institution_id and d.id = c.device_id
left join payer_guess g on g.institution_id = c.institution_id and g.payer_id = c.payer_id and g.day = $3::date
where c.institution_id = $1 and c.code_hash = any ($2::bytea[])

-- name: count_wrong
-- Wrong tries of locked aliases; one that had too many is burnt.
update payment_code c
set wrong_tries = w.wrong_tries, stopped = case when w.is_burnt then 'burnt' else c.stopped end
from unnest($2::bytea[], $3::smallint[], $4::boolean[]) as w (code_hash, wrong_tries, is_burnt)
where c.institution_id = $1 and c.code_hash = w.code_hash

-- name: count_payer_guesses
-- Adds to the wrong tries of payers on a local day, in key order.
insert into payer_guess (institution_id, payer_id, day, wrong)
select $1, g.payer_id, $3::date, g.wrong
from unnest($2::text[], $4::int[]) as g (payer_id, wrong)
order by g.payer_id
on conflict (institution_id, payer_id, day)
do update set wrong = payer_guess.wrong + excluded.wrong
returning payer_id, wrong

-- name: read_payer_guesses
-- How many codes of payer $2 had a wrong time, the newest day first.
select day::text as day, wrong
from payer_guess
where institution_id = $1 and payer_id = $2
order by day desc
limit $3

-- name: purge_payer_guesses
-- Forgets the wrong tries of days before $2.
delete from payer_guess where institution_id = $1 and day < $2::date
