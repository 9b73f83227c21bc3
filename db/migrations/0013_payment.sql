-- 0013 payment: what it asks of a channel, and what is still to be asked; promotions and quotas.

alter table payment
  add column discount_minor bigint not null default 0 check (discount_minor >= 0),
  add column merchant_discount_minor bigint not null default 0 check (merchant_discount_minor >= 0),
  add column promotion_id text,               -- whose discount it is
  add column quota_uses json,                 -- what it reserved, so that a failure gives it back
  add column route_candidates json,           -- what was looked at: road, score, what excluded it
  add constraint payment_discount check
    (discount_minor < amount_minor and merchant_discount_minor <= discount_minor);

-- One payment has one charge or many (tranches). A charge's id is what the counterpart knows it by.
create table charge (
  institution_id text not null,
  id text not null,                           -- chg_…
  payment_id text not null,
  number smallint not null,
  channel_account_id text not null,
  channel text not null,
  debit_account_id text not null,             -- who owes the money: the channel's account in our books
  settlement text not null check (settlement in ('direct', 'pooled')),
  means text not null check (means in ('code', 'agreement', 'order')),
  state text not null check (state in ('processing', 'succeeded', 'failed', 'reversed')),
  step text check (step in ('query', 'reverse', 'watch')), -- what the next check does; null: nothing
  amount_minor bigint not null check (amount_minor > 0),
  currency char(3) not null,
  code_hash bytea,                            -- of the scanned code, which pays once
  channel_ref text,                           -- the counterpart's own number
  channel_code text,                          -- the last word of the counterpart
  payer_masked text,
  payer_paid_minor bigint,
  decline_reason text,
  is_late boolean not null default false,     -- paid after it was given up: its money is in suspense
  is_paid_back boolean not null default false, -- paid, and given back by its reversal
  started_at timestamptz not null,
  reverse_asked_at timestamptz,
  queries int not null default 0,
  reverses int not null default 0,
  completed_at timestamptz,
  primary key (institution_id, id),
  constraint charge_number unique (institution_id, payment_id, number),
  constraint charge_final check ((state = 'processing') = (completed_at is null))
) with (fillfactor = 80);

create unique index charge_code on charge (institution_id, code_hash) where code_hash is not null;
create index charge_open on charge (institution_id, channel_account_id, id) where state = 'processing';

-- A reminder about a charge carries its channel account, so that all of one account's become due
-- when it answers again.
alter table outbox_message add column channel_account_id text;
