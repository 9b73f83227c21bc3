-- 0019 wallet: accounts linked elsewhere, and payers of this institution who pay merchants of another.

-- A source is an account here, or one at a scheme that a channel account reaches.
alter table source
  drop constraint source_kind_check,
  add constraint source_kind check (kind in ('balance', 'card', 'linked', 'bank_card')),
  alter column ledger_account_id drop not null,
  add column channel_account_id text,         -- through which it is charged
  add column sealed_token bytea,              -- what the scheme gave us for it; AES-256-GCM under the master key
  add column rank int not null default 1000,  -- the payer's own order, the smallest first, then the oldest
  add constraint source_place check ((ledger_account_id is null) = (channel_account_id is not null));

-- An automatic code lets the institution choose among all of the payer's sources.
alter table payer add column is_auto boolean not null default false;
alter table payment_code add column is_auto boolean not null default false;

-- An attempt to link an account: the source has its id when it succeeds.
create table source_link (
  institution_id text not null,
  id text not null,                           -- src_…
  payer_id text not null,
  channel_account_id text not null,
  state text not null default 'pending' check (state in ('pending', 'linked', 'refused', 'unlinked')),
  problem text,                               -- the scheme's word for why not
  return_url text,
  started_at timestamptz not null,
  finished_at timestamptz,
  primary key (institution_id, id)
);

create index source_link_by_payer on source_link (institution_id, payer_id, id);

-- Institutions whose merchants may charge our payers, each known by its key.
create table peer_institution (
  institution_id text not null,
  id text not null,                           -- ins_… of the acquirer
  name text not null,
  public_key text not null,                   -- Ed25519, PEM: what it signs requests with
  sealed_private_key bytea not null,          -- what our answers to it are signed with
  state text not null default 'active' check (state in ('active', 'closed')),
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (institution_id, id)
);

-- A signed request is taken in once; the number is kept for as long as its signature is good.
create table peer_nonce (
  institution_id text not null,
  peer_id text not null,
  nonce text not null,
  request_id text not null,                   -- whose it is, so that a rerun knows its own
  seen_at timestamptz not null,
  primary key (institution_id, peer_id, nonce)
);

create index peer_nonce_seen on peer_nonce (institution_id, seen_at);

-- The issuer's side of a payment at another institution: what was taken from one of our payers. A
-- reversal that comes before its charge leaves a row, so that the late charge is refused.
create table wallet_debit (
  institution_id text not null,
  id text not null,                           -- wdb_…
  peer_id text not null,                      -- ins_… of the acquirer
  charge_id text not null,                    -- the acquirer's number
  state text not null check (state in ('waiting', 'succeeded', 'failed', 'reversed')),
  fingerprint bytea,                          -- of the request; null: reversed before it came
  amount_minor bigint not null check (amount_minor > 0),
  currency char(3) not null,
  merchant_name text not null,
  masked_code text,
  payer_id text,                              -- null: the code names nobody
  payer_name text,
  source_id text,
  source_label text,
  ledger_account_id text,
  mandate_id text,
  decline_reason text,
  limit_day date,                             -- the local day whose limits it counts in
  refunded_minor bigint not null default 0,
  legs smallint not null default 0,           -- transfers so far
  created_at timestamptz not null,
  confirm_expires_at timestamptz,
  completed_at timestamptz,
  primary key (institution_id, id),
  constraint wallet_debit_charge unique (institution_id, peer_id, charge_id),
  constraint wallet_debit_refunds check (refunded_minor between 0 and amount_minor),
  constraint wallet_debit_final check ((state = 'waiting') = (completed_at is null))
) with (fillfactor = 80);

create index wallet_debit_by_payer on wallet_debit (institution_id, payer_id, id);

create table wallet_debit_refund (
  institution_id text not null,
  debit_id text not null,
  refund_id text not null,                    -- the acquirer's number
  amount_minor bigint not null check (amount_minor > 0),
  created_at timestamptz not null,
  primary key (institution_id, debit_id, refund_id)
);
