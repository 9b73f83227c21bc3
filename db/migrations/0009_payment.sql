-- 0009 payment: one row a payment, one row a transition.

create table payment (
  institution_id text not null,
  id text not null,                           -- pay_…
  kind text not null check (kind in ('purchase', 'top_up')),
  state text not null check (state in ('processing', 'succeeded', 'failed', 'reversed')),
  next_action text check (next_action in ('payer_confirms', 'payer_scans', 'query', 'reverse')),
  merchant_id text not null,
  store_id text,
  terminal_id text,
  initiator_party_id text,                    -- the third party that started it (P14)
  order_no text not null,
  sale_no text not null,
  idempotency_key text not null,
  request_fingerprint bytea not null,
  amount_minor bigint not null check (amount_minor > 0),
  currency char(3) not null,
  scheme text,
  road text,
  masked_code text,
  payer_id text,
  source_id text,
  mandate_id text,
  allocation_version int,
  limit_day date,                             -- the local day whose counters it has used
  decline_reason text,
  route_reasons json not null,
  latitude double precision,
  longitude double precision,
  accuracy_m double precision,
  created_at timestamptz not null,
  confirm_expires_at timestamptz,
  completed_at timestamptz,
  primary key (institution_id, id),
  constraint payment_order_no unique (institution_id, merchant_id, order_no),
  constraint payment_idempotency_key unique (institution_id, idempotency_key, merchant_id),
  constraint payment_final check ((state = 'processing') = (completed_at is null)),
  constraint payment_waits check (state = 'processing' or next_action is null),
  constraint payment_says_why check ((state = 'failed') = (decline_reason is not null))
) with (fillfactor = 90);

-- Partial, so that only lists, which have a bound on the id, can use it: before the table is large the
-- planner would also take it for order numbers.
create index payment_by_merchant on payment (institution_id, merchant_id, id) where id is not null;
create index payment_by_terminal on payment (institution_id, terminal_id, id);
create index payment_by_payer on payment (institution_id, payer_id, id);
create index payment_open on payment (institution_id, terminal_id, id) where state = 'processing';

create table payment_transition (
  institution_id text not null,
  payment_id text not null,
  number smallint not null,                   -- 1, 2, …
  from_state text,                            -- null: it came to be
  to_state text not null,
  actor text not null,                        -- terminal, payer, clock, person
  reason text,
  at timestamptz not null,
  primary key (institution_id, payment_id, number)
);
