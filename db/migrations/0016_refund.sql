-- 0016 refund: giving money back, in part or whole.
--
-- A refund is about one payment and, on a channel road, one charge. Its transfers stand under its
-- own id: each has the number of the leg that it gives back, and what posts or voids a pending one
-- has that number and 100.

alter table terminal
  add column may_refund boolean not null default true;

-- Above this a second person approves; null: never.
alter table merchant
  add column refund_approval_minor bigint default 100000 check (refund_approval_minor >= 0);

create table refund (
  institution_id text not null,
  id text not null,                           -- rfd_…; what the counterpart knows it by
  payment_id text not null,
  charge_id text,                             -- null: booked here
  channel_account_id text,                    -- null: nothing goes by a channel
  is_late boolean not null default false,     -- of money that came after its payment was taken back
  merchant_id text not null,
  terminal_id text,                           -- of the payment, who hears of it
  payer_id text,
  initiator_party_id text,
  state text not null check (state in ('processing', 'succeeded', 'failed')),
  next_action text check (next_action in ('second_approval', 'query')),
  amount_minor bigint not null check (amount_minor > 0), -- of the price
  payer_minor bigint not null check (payer_minor >= 0),  -- of it, what the payer gets back
  currency char(3) not null,
  reason text,
  requested_by text not null,                 -- terminal:trm_…, merchant:mch_…, person:per_…, clock
  approved_by text,
  idempotency_key text not null,
  request_fingerprint bytea not null,
  channel_ref text,                           -- the counterpart's own number
  channel_code text,                          -- the last word of the counterpart
  decline_reason text,
  begun_at timestamptz,                       -- since when it is booked or reserved; null: not approved yet
  promised_at timestamptz,                    -- since when whoever asked believes that it is under way
  created_at timestamptz not null,
  completed_at timestamptz,
  primary key (institution_id, id),
  constraint refund_idempotency_key unique (institution_id, merchant_id, idempotency_key),
  constraint refund_final check ((state = 'processing') = (completed_at is null)),
  constraint refund_waits check ((state = 'processing') = (next_action is not null)),
  constraint refund_says_why check ((state = 'failed') = (decline_reason is not null)),
  constraint refund_part check (payer_minor <= amount_minor)
) with (fillfactor = 80);

create index refund_by_payment on refund (institution_id, payment_id, id);
create index refund_by_merchant on refund (institution_id, merchant_id, id) where id is not null;
create index refund_open on refund (institution_id, id) where state = 'processing';
