-- 0003 terminal: the merchant's devices, what they may do, and how they are activated.

create table terminal (
  institution_id text not null,
  id text not null,                           -- trm_…
  merchant_id text not null,
  store_id text not null,
  name text not null,
  is_virtual boolean not null default false,  -- a merchant's API key pays through one
  state text not null default 'new' check (state in ('new', 'active', 'locked')),
  may_take_payment boolean not null default true,
  limit_per_payment_minor bigint check (limit_per_payment_minor > 0),
  activation_hash bytea,                      -- of the one-time code; null once used
  activation_expires_at timestamptz,
  activated_at timestamptz,
  last_seen_at timestamptz,
  latitude double precision,
  longitude double precision,
  accuracy_m double precision,
  created_at timestamptz not null,
  primary key (institution_id, id),
  constraint terminal_store foreign key (institution_id, store_id) references store (institution_id, id),
  constraint terminal_activation unique (institution_id, activation_hash)
);

create index terminal_by_merchant on terminal (institution_id, merchant_id, id);
create unique index terminal_one_virtual on terminal (institution_id, store_id) where is_virtual;

-- Codes that were never issued, as scanned by one terminal on one local day (P3: guessing).
create table terminal_guess (
  institution_id text not null,
  terminal_id text not null,
  day date not null,
  guesses int not null,
  primary key (institution_id, terminal_id, day)
);
