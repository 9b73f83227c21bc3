-- 0005 ledger: accounts and transfers, the books of an institution.
--
-- One transfer is one fact about money: one debit account, one credit account, one amount above
-- zero. So it cannot be unbalanced, and nothing has to check that it is not. Rows are never
-- changed and never removed; a wrong transfer is put right by one the other way round. Amounts
-- are whole minor units of the account's currency (CNY: fen).
--
-- A pending transfer reserves: it counts in the pending columns until a later row names it and
-- either posts it or voids it, once (unique). Foreign keys from transfers to accounts are left
-- out on purpose: decision 0002.

create table ledger_account (
  institution_id text not null,
  id text not null,                           -- merchant:mch_…:payable
  currency char(3) not null,
  normal_side text not null check (normal_side in ('debit', 'credit')),
  floor_minor bigint,                         -- what the balance may sink to; null: any depth
  debits_posted_minor bigint not null default 0 check (debits_posted_minor >= 0),
  credits_posted_minor bigint not null default 0 check (credits_posted_minor >= 0),
  debits_pending_minor bigint not null default 0 check (debits_pending_minor >= 0),
  credits_pending_minor bigint not null default 0 check (credits_pending_minor >= 0),
  created_at timestamptz not null,
  primary key (institution_id, id),
  constraint ledger_account_floor check (
    floor_minor is null
    or (normal_side = 'credit'
      and credits_posted_minor - debits_posted_minor - debits_pending_minor >= floor_minor)
    or (normal_side = 'debit'
      and debits_posted_minor - credits_posted_minor - credits_pending_minor >= floor_minor)
  )
) with (fillfactor = 60);

create table ledger_transfer (
  institution_id text not null,
  subject_id text not null,                   -- the payment, charge, refund or payout it is about
  leg smallint not null,                      -- 1, 2, …: which of the subject's transfers
  kind text not null,                         -- payment_net, payment_fee, …
  state text not null default 'posted' check (state in ('posted', 'pending', 'posting', 'voiding')),
  pending_subject_id text,                    -- the pending transfer that this row posts or voids
  pending_leg smallint,
  debit_account_id text not null,
  credit_account_id text not null,
  currency char(3) not null,
  amount_minor bigint not null check (amount_minor > 0),
  event_at timestamptz not null,              -- when it happened
  recorded_at timestamptz not null default now(),
  primary key (institution_id, subject_id, leg),
  constraint ledger_transfer_two_accounts check (debit_account_id <> credit_account_id),
  constraint ledger_transfer_pending check (
    (state in ('posting', 'voiding')) = (pending_subject_id is not null and pending_leg is not null)
  )
);

create unique index ledger_transfer_resolves on ledger_transfer (institution_id, pending_subject_id, pending_leg)
  where pending_subject_id is not null;
create index ledger_transfer_by_debit on ledger_transfer (institution_id, debit_account_id, subject_id, leg);
create index ledger_transfer_by_credit on ledger_transfer (institution_id, credit_account_id, subject_id, leg);
