-- 0007 wallet: payers, the sources they pay from, their mandates, and their payment codes.

create table payer (
  institution_id text not null,
  id text not null,                           -- pyr_…
  login text not null,
  name text not null,
  password_hash text not null,                -- argon2id, PHC string
  pin_hash text not null,                     -- argon2id, PHC string
  pin_failures int not null default 0,
  state text not null default 'active' check (state in ('active', 'frozen', 'closed')),
  chosen_source_id text not null,
  mandate_id text not null,
  current_code_hash bytea,                    -- the newest code, so that the older one can be let die
  created_at timestamptz not null,
  primary key (institution_id, id),
  constraint payer_login unique (institution_id, login)
) with (fillfactor = 80);

create table source (
  institution_id text not null,
  id text not null,                           -- src_…
  payer_id text not null,
  kind text not null check (kind in ('balance', 'card')),
  label text not null,
  last4 char(4),
  ledger_account_id text not null,
  state text not null default 'active' check (state in ('active', 'closed')),
  created_at timestamptz not null,
  primary key (institution_id, id)
);

create index source_by_payer on source (institution_id, payer_id, id);

-- The payer's standing authority to be charged, within limits (P7, P9). Amounts above
-- no_pin_minor need the payer's PIN each time.
create table mandate (
  institution_id text not null,
  id text not null,                           -- mnd_…
  payer_id text not null,
  currency char(3) not null,
  per_payment_minor bigint not null check (per_payment_minor >= 0),
  per_day_minor bigint not null check (per_day_minor >= 0),
  per_month_minor bigint not null check (per_month_minor >= 0),
  no_pin_minor bigint not null check (no_pin_minor >= 0),
  state text not null default 'active' check (state in ('active', 'revoked')),
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (institution_id, id)
);

-- What a mandate has used in one local day or month. Counters, never sums: the row is locked.
create table limit_counter (
  institution_id text not null,
  mandate_id text not null,
  period text not null,                       -- 2026-11-23 or 2026-11
  used_minor bigint not null default 0 check (used_minor >= 0),
  primary key (institution_id, mandate_id, period)
) with (fillfactor = 45); -- a day's row is written twice by the day's first payment, both on one page

-- A code in clear is stored nowhere: only its keyed hash and its mask (P3).
create table payment_code (
  institution_id text not null,
  code_hash bytea not null,                   -- HMAC-SHA-256 under the pepper
  payer_id text not null,
  source_id text not null,
  mandate_id text not null,
  kind text not null,                         -- purchase
  masked text not null,
  issued_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  payment_id text,                            -- whose payment took it
  primary key (institution_id, code_hash)
) with (fillfactor = 50); -- each is written again, once, when it is used

create index payment_code_expired on payment_code using brin (expires_at);
