-- name: find_debit_ids
-- The debits of these charges of other institutions. A debit keeps its id, so no lock is needed.
select d.id
from unnest($2::text[], $3::text[]) as c (peer_id, charge_id)
join wallet_debit d on d.institution_id = $1 and d.peer_id = c.peer_id and d.charge_id = c.charge_id

-- name: lock_debits
-- Locks the debits of a batch in key order, and tells how they stand now.
select id, peer_id, charge_id, state, fingerprint, amount_minor, currency, merchant_name, masked_code, payer_id,
  payer_name, source_id, source_label, ledger_account_id, mandate_id, needs_pin, is_offline, decline_reason, limit_day::text as limit_day,
  refunded_minor, legs, created_at, confirm_expires_at, completed_at
from wallet_debit
where institution_id = $1 and id = any ($2::text[])
order by id
for no key update

-- name: read_debit_of_charge
-- The debit of one charge of another institution.
select id, peer_id, charge_id, state, fingerprint, amount_minor, currency, merchant_name, masked_code, payer_id,
  payer_name, source_id, source_label, ledger_account_id, mandate_id, needs_pin, is_offline, decline_reason, limit_day::text as limit_day,
  refunded_minor, legs, created_at, confirm_expires_at, completed_at
from wallet_debit
where institution_id = $1 and peer_id = $2 and charge_id = $3

-- name: read_debit
-- One debit of payer $3.
select id, peer_id, charge_id, state, fingerprint, amount_minor, currency, merchant_name, masked_code, payer_id,
  payer_name, source_id, source_label, ledger_account_id, mandate_id, needs_pin, is_offline, decline_reason, limit_day::text as limit_day,
  refunded_minor, legs, created_at, confirm_expires_at, completed_at
from wallet_debit
where institution_id = $1 and id = $2 and payer_id = $3

-- name: read_debits_of_payer
-- A page of a payer's debits, the newest first, older than $3.
select id, peer_id, charge_id, state, fingerprint, amount_minor, currency, merchant_name, masked_code, payer_id,
  payer_name, source_id, source_label, ledger_account_id, mandate_id, needs_pin, is_offline, decline_reason, limit_day::text as limit_day,
  refunded_minor, legs, created_at, confirm_expires_at, completed_at
from wallet_debit
where institution_id = $1 and payer_id = $2 and id < $3
order by id desc
limit $4

-- name: insert_debits
insert into wallet_debit (institution_id, id, peer_id, charge_id, state, fingerprint, amount_minor, currency,
  merchant_name, masked_code, payer_id, payer_name, source_id, source_label, ledger_account_id, mandate_id,
  decline_reason, limit_day, refunded_minor, legs, created_at, confirm_expires_at, completed_at, needs_pin,
  is_offline)
select $1, d.id, d.peer_id, d.charge_id, d.state, d.fingerprint, d.amount_minor, d.currency, d.merchant_name,
  d.masked_code, d.payer_id, d.payer_name, d.source_id, d.source_label, d.ledger_account_id, d.mandate_id,
  d.decline_reason, d.limit_day::date, d.refunded_minor, d.legs, d.created_at, d.confirm_expires_at, d.completed_at,
  d.needs_pin, d.is_offline
from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::bytea[], $7::bigint[], $8::text[], $9::text[],
  $10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::text[], $16::text[], $17::text[],
  $18::text[], $19::bigint[], $20::int[], $21::timestamptz[], $22::timestamptz[], $23::timestamptz[],
  $24::boolean[], $25::boolean[])
  as d (id, peer_id, charge_id, state, fingerprint, amount_minor, currency, merchant_name, masked_code, payer_id,
    payer_name, source_id, source_label, ledger_account_id, mandate_id, decline_reason, limit_day, refunded_minor,
    legs, created_at, confirm_expires_at, completed_at, needs_pin, is_offline)

-- name: change_debits
-- What a batch has decided of debits that it has locked.
update wallet_debit d
set state = c.state, decline_reason = c.decline_reason, limit_day = c.limit_day::date,
  refunded_minor = c.refunded_minor, legs = c.legs, completed_at = c.completed_at
from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::int[], $8::timestamptz[])
  as c (id, state, decline_reason, limit_day, refunded_minor, legs, completed_at)
where d.institution_id = $1 and d.id = c.id

-- name: insert_debit_refunds
insert into wallet_debit_refund (institution_id, debit_id, refund_id, amount_minor, created_at)
select $1, r.debit_id, r.refund_id, r.amount_minor, r.created_at
from unnest($2::text[], $3::text[], $4::bigint[], $5::timestamptz[])
  as r (debit_id, refund_id, amount_minor, created_at)

-- name: read_debit_refunds
-- What was given back of these debits, by the acquirer's numbers.
select debit_id, refund_id, amount_minor, created_at
from wallet_debit_refund
where institution_id = $1 and debit_id = any ($2::text[])

-- name: list_refunds_of_payer
-- A page of what came back to payer $2 of debits, the newest first, older than $3: institutions number
-- their refunds by time.
select r.debit_id, r.refund_id, r.amount_minor, r.created_at, d.currency, d.merchant_name
from wallet_debit d
join wallet_debit_refund r on r.institution_id = d.institution_id and r.debit_id = d.id
where d.institution_id = $1 and d.payer_id = $2 and d.refunded_minor > 0 and r.refund_id < $3
order by r.refund_id desc
limit $4

-- name: read_refund_of_payer
-- One of them, by its number.
select r.debit_id, r.refund_id, r.amount_minor, r.created_at, d.currency, d.merchant_name
from wallet_debit d
join wallet_debit_refund r on r.institution_id = d.institution_id and r.debit_id = d.id
where d.institution_id = $1 and d.payer_id = $2 and d.refunded_minor > 0 and r.refund_id = $3
