-- name: open_accounts
-- Opens accounts that do not exist yet; an existing one stays as it is.
insert into ledger_account (institution_id, id, currency, normal_side, floor_minor, created_at)
select $1, a.id, a.currency, a.normal_side, a.floor_minor, $6
from unnest($2::text[], $3::text[], $4::text[], $5::bigint[]) as a (id, currency, normal_side, floor_minor)
order by a.id
on conflict (institution_id, id) do nothing

-- name: lock_accounts
-- Locks the accounts of a whole batch, each once and in id order, and tells how they stand.
select id, currency, normal_side, floor_minor,
  debits_posted_minor, credits_posted_minor, debits_pending_minor, credits_pending_minor
from ledger_account
where institution_id = $1 and id = any ($2::text[])
order by id
for no key update

-- name: insert_transfers
-- Adds transfers to the books.
insert into ledger_transfer (institution_id, subject_id, leg, kind, debit_account_id, credit_account_id,
  currency, amount_minor, event_at)
select $1, t.subject_id, t.leg, t.kind, t.debit_account_id, t.credit_account_id, t.currency, t.amount_minor, t.event_at
from unnest($2::text[], $3::smallint[], $4::text[], $5::text[], $6::text[], $7::text[], $8::bigint[], $9::timestamptz[])
  as t (subject_id, leg, kind, debit_account_id, credit_account_id, currency, amount_minor, event_at)

-- name: add_to_balances
-- One update per account of a batch, whose rows the batch has locked before.
update ledger_account a
set debits_posted_minor = a.debits_posted_minor + b.debits_minor,
  credits_posted_minor = a.credits_posted_minor + b.credits_minor
from unnest($2::text[], $3::bigint[], $4::bigint[]) as b (id, debits_minor, credits_minor)
where a.institution_id = $1 and a.id = b.id

-- name: read_accounts
-- A page of the accounts whose id begins with $3, after id $2.
select id, currency, normal_side, floor_minor,
  debits_posted_minor, credits_posted_minor, debits_pending_minor, credits_pending_minor
from ledger_account
where institution_id = $1 and id > $2 and starts_with(id, $3)
order by id
limit $4

-- name: read_accounts_by_id
-- How the named accounts stand, without a lock: for showing, never for deciding.
select id, currency, normal_side, floor_minor,
  debits_posted_minor, credits_posted_minor, debits_pending_minor, credits_pending_minor
from ledger_account
where institution_id = $1 and id = any ($2::text[])
order by id

-- name: read_transfers_of_subject
select subject_id, leg, kind, state, debit_account_id, credit_account_id, currency, amount_minor, event_at
from ledger_transfer
where institution_id = $1 and subject_id = $2
order by leg

-- name: read_transfers_of_account
-- Newest first: what debited the account and what credited it, before subject $3.
(select subject_id, leg, kind, state, debit_account_id, credit_account_id, currency, amount_minor, event_at
  from ledger_transfer
  where institution_id = $1 and debit_account_id = $2 and (subject_id, leg) < ($3, $4::smallint)
  order by subject_id desc, leg desc limit $5)
union all
(select subject_id, leg, kind, state, debit_account_id, credit_account_id, currency, amount_minor, event_at
  from ledger_transfer
  where institution_id = $1 and credit_account_id = $2 and (subject_id, leg) < ($3, $4::smallint)
  order by subject_id desc, leg desc limit $5)
order by subject_id desc, leg desc
limit $5
