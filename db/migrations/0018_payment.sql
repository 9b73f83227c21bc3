-- 0018 payment: codes that a merchant shows. An order is a payment that nobody has taken up yet; a code
-- on the wall makes an order each time somebody scans it.

create table merchant_code (
  institution_id text not null,
  id text not null,                           -- mcd_…
  merchant_id text not null,
  store_id text not null,
  name text not null,                         -- what stands under the code: counter 2
  state text not null default 'active' check (state in ('active', 'closed')),
  created_at timestamptz not null,
  closed_at timestamptz,
  primary key (institution_id, id),
  constraint merchant_code_closed check ((state = 'closed') = (closed_at is not null))
);

create index merchant_code_by_merchant on merchant_code (institution_id, merchant_id, id);

-- What an own payer has paid by codes on the wall in one local day: the law caps it, whatever the
-- payer's mandate allows. A row, so that there is something to lock.
create table static_counter (
  institution_id text not null,
  payer_id text not null,
  day date not null,
  used_minor bigint not null default 0 check (used_minor >= 0),
  primary key (institution_id, payer_id, day)
);

-- An order as it was shown at a channel: by which charge, and what the channel said to show. One for
-- each way, so that asking twice shows the same.
create table order_showing (
  institution_id text not null,
  payment_id text not null,
  channel_account_id text not null,
  way text not null check (way in ('native', 'jsapi', 'app', 'h5')),
  payer_ref text not null,                    -- the payer as the scheme knows them; empty: not named
  charge_id text not null,
  shown json,                                 -- null: the channel has not answered yet
  created_at timestamptz not null,
  primary key (institution_id, payment_id, channel_account_id, way, payer_ref)
);
