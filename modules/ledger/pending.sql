-- name: insert_pending
-- Adds transfers that reserve, or that post or void a pending one, which they name.
insert into ledger_transfer (institution_id, subject_id, leg, kind, state, pending_subject_id, pending_leg,
  debit_account_id, credit_account_id, currency, amount_minor, event_at)
select $1, t.subject_id, t.leg, t.kind, t.state, t.pending_subject_id, t.pending_leg, t.debit_account_id,
  t.credit_account_id, t.currency, t.amount_minor, t.event_at
from unnest($2::text[], $3::smallint[], $4::text[], $5::text[], $6::text[], $7::smallint[], $8::text[],
  $9::text[], $10::text[], $11::bigint[], $12::timestamptz[])
  as t (subject_id, leg, kind, state, pending_subject_id, pending_leg, debit_account_id, credit_account_id,
    currency, amount_minor, event_at)

-- name: change_balances
-- What a batch posts and reserves, one update per account, whose rows it has locked before.
update ledger_account a
set debits_posted_minor = a.debits_posted_minor + b.debits_minor,
  credits_posted_minor = a.credits_posted_minor + b.credits_minor,
  debits_pending_minor = a.debits_pending_minor + b.pending_debits_minor,
  credits_pending_minor = a.credits_pending_minor + b.pending_credits_minor
from unnest($2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[])
  as b (id, debits_minor, credits_minor, pending_debits_minor, pending_credits_minor)
where a.institution_id = $1 and a.id = b.id

-- name: read_transfers_of_subjects
-- The transfers about a batch of subjects, in the order of their legs.
select subject_id, leg, kind, state, debit_account_id, credit_account_id, currency, amount_minor, event_at
from ledger_transfer
where institution_id = $1 and subject_id = any ($2::text[])
order by subject_id, leg
