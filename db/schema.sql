-- The schema after the last migration, written by "npm run schema" and never by hand. It is for
-- reading: a change of the schema shows here as a diff. Migrations are what is run.

create table allocation_line (
  institution_id text not null,
  merchant_id text not null,
  version integer not null,
  line_no smallint not null,
  role text not null,
  party_id text,
  bps integer not null,
  base text default 'gross'::text not null,
  minimum_minor bigint default 0 not null,
  cap_minor bigint,
  constraint allocation_line_pkey PRIMARY KEY (institution_id, merchant_id, version, line_no),
  constraint allocation_line_base_check CHECK ((base = ANY (ARRAY['gross'::text, 'fee'::text]))),
  constraint allocation_line_bps_check CHECK (((bps >= 0) AND (bps <= 10000))),
  constraint allocation_line_check CHECK ((cap_minor >= minimum_minor)),
  constraint allocation_line_minimum_minor_check CHECK ((minimum_minor >= 0)),
  constraint allocation_line_party CHECK (((role = 'fee'::text) = (party_id IS NULL))),
  constraint allocation_line_role_check CHECK ((role = ANY (ARRAY['fee'::text, 'platform'::text, 'agent'::text]))),
  constraint allocation_line_rule FOREIGN KEY (institution_id, merchant_id, version) REFERENCES allocation_rule(institution_id, merchant_id, version)
);
grant insert, select on allocation_line to onetill_app;

create table allocation_rule (
  institution_id text not null,
  merchant_id text not null,
  version integer not null,
  effective_at timestamp with time zone not null,
  created_by text not null,
  created_at timestamp with time zone not null,
  constraint allocation_rule_pkey PRIMARY KEY (institution_id, merchant_id, version),
  constraint allocation_rule_version_check CHECK ((version > 0))
);
grant insert, select on allocation_rule to onetill_app;

create table credential (
  institution_id text not null,
  token_hash bytea not null,
  kind text not null,
  subject_id text not null,
  created_at timestamp with time zone not null,
  expires_at timestamp with time zone,
  revoked_at timestamp with time zone,
  constraint credential_pkey PRIMARY KEY (institution_id, token_hash),
  constraint credential_kind_check CHECK ((kind = ANY (ARRAY['merchant_key'::text, 'party_key'::text, 'terminal'::text, 'payer'::text, 'staff'::text])))
);
create index credential_by_subject on credential USING btree (institution_id, subject_id);
grant delete, insert, select, update on credential to onetill_app;

create table event (
  institution_id text not null,
  id text not null,
  type text not null,
  subject_id text not null,
  merchant_id text,
  terminal_id text,
  payer_id text,
  party_id text,
  payload json not null,
  occurred_at timestamp with time zone not null,
  constraint event_pkey PRIMARY KEY (institution_id, id)
);
grant delete, insert, select, update on event to onetill_app;

create table idempotency (
  institution_id text not null,
  scope text not null,
  key text not null,
  request_fingerprint bytea not null,
  status integer not null,
  response jsonb not null,
  created_at timestamp with time zone not null,
  constraint idempotency_pkey PRIMARY KEY (institution_id, scope, key)
);
grant delete, insert, select, update on idempotency to onetill_app;

create table institution (
  id text not null,
  name text not null,
  name_en text not null,
  currency character(3) not null,
  time_zone text not null,
  code_prefix character(2) not null,
  code_life_seconds integer default 60 not null,
  code_grace_seconds integer default 10 not null,
  confirm_seconds integer default 120 not null,
  guesses_per_terminal_day integer default 20 not null,
  state text default 'active'::text not null,
  created_at timestamp with time zone not null,
  constraint institution_pkey PRIMARY KEY (id),
  constraint institution_code_prefix_key UNIQUE (code_prefix),
  constraint institution_code_grace_seconds_check CHECK (((code_grace_seconds >= 0) AND (code_grace_seconds <= 60))),
  constraint institution_code_life_seconds_check CHECK (((code_life_seconds >= 10) AND (code_life_seconds <= 86400))),
  constraint institution_confirm_seconds_check CHECK (((confirm_seconds >= 10) AND (confirm_seconds <= 3600))),
  constraint institution_guesses_per_terminal_day_check CHECK ((guesses_per_terminal_day > 0)),
  constraint institution_state_check CHECK ((state = ANY (ARRAY['active'::text, 'closed'::text])))
);
grant insert, select, update on institution to onetill_app;

create table issuer (
  id text not null,
  institution_id text,
  scheme text not null,
  prefixes text[] not null,
  min_length integer not null,
  max_length integer not null,
  pattern text,
  default_kind text not null,
  valid_from timestamp with time zone not null,
  valid_until timestamp with time zone,
  constraint issuer_pkey PRIMARY KEY (id),
  constraint issuer_lengths CHECK ((min_length <= max_length)),
  constraint issuer_max_length_check CHECK (((max_length >= 1) AND (max_length <= 512))),
  constraint issuer_min_length_check CHECK (((min_length >= 1) AND (min_length <= 512))),
  constraint issuer_institution_id_fkey FOREIGN KEY (institution_id) REFERENCES institution(id)
);
grant delete, insert, select, update on issuer to onetill_app;

create table issuer_version (
  only_row boolean default true not null,
  version bigint not null,
  constraint issuer_version_pkey PRIMARY KEY (only_row),
  constraint issuer_version_only_row_check CHECK (only_row)
);
grant delete, insert, select, update on issuer_version to onetill_app;

create table ledger_account (
  institution_id text not null,
  id text not null,
  currency character(3) not null,
  normal_side text not null,
  floor_minor bigint,
  debits_posted_minor bigint default 0 not null,
  credits_posted_minor bigint default 0 not null,
  debits_pending_minor bigint default 0 not null,
  credits_pending_minor bigint default 0 not null,
  created_at timestamp with time zone not null,
  constraint ledger_account_pkey PRIMARY KEY (institution_id, id),
  constraint ledger_account_credits_pending_minor_check CHECK ((credits_pending_minor >= 0)),
  constraint ledger_account_credits_posted_minor_check CHECK ((credits_posted_minor >= 0)),
  constraint ledger_account_debits_pending_minor_check CHECK ((debits_pending_minor >= 0)),
  constraint ledger_account_debits_posted_minor_check CHECK ((debits_posted_minor >= 0)),
  constraint ledger_account_floor CHECK (((floor_minor IS NULL) OR ((normal_side = 'credit'::text) AND (((credits_posted_minor - debits_posted_minor) - debits_pending_minor) >= floor_minor)) OR ((normal_side = 'debit'::text) AND (((debits_posted_minor - credits_posted_minor) - credits_pending_minor) >= floor_minor)))),
  constraint ledger_account_normal_side_check CHECK ((normal_side = ANY (ARRAY['debit'::text, 'credit'::text])))
);
grant insert, select on ledger_account to onetill_app;
grant update (credits_pending_minor, credits_posted_minor, debits_pending_minor, debits_posted_minor) on ledger_account to onetill_app;

create table ledger_transfer (
  institution_id text not null,
  subject_id text not null,
  leg smallint not null,
  kind text not null,
  state text default 'posted'::text not null,
  pending_subject_id text,
  pending_leg smallint,
  debit_account_id text not null,
  credit_account_id text not null,
  currency character(3) not null,
  amount_minor bigint not null,
  event_at timestamp with time zone not null,
  recorded_at timestamp with time zone default now() not null,
  constraint ledger_transfer_pkey PRIMARY KEY (institution_id, subject_id, leg),
  constraint ledger_transfer_amount_minor_check CHECK ((amount_minor > 0)),
  constraint ledger_transfer_pending CHECK (((state = ANY (ARRAY['posting'::text, 'voiding'::text])) = ((pending_subject_id IS NOT NULL) AND (pending_leg IS NOT NULL)))),
  constraint ledger_transfer_state_check CHECK ((state = ANY (ARRAY['posted'::text, 'pending'::text, 'posting'::text, 'voiding'::text]))),
  constraint ledger_transfer_two_accounts CHECK ((debit_account_id <> credit_account_id))
);
create index ledger_transfer_by_credit on ledger_transfer USING btree (institution_id, credit_account_id, subject_id, leg);
create index ledger_transfer_by_debit on ledger_transfer USING btree (institution_id, debit_account_id, subject_id, leg);
create unique index ledger_transfer_resolves on ledger_transfer USING btree (institution_id, pending_subject_id, pending_leg) WHERE (pending_subject_id IS NOT NULL);
grant insert, select on ledger_transfer to onetill_app;

create table limit_counter (
  institution_id text not null,
  mandate_id text not null,
  period text not null,
  used_minor bigint default 0 not null,
  constraint limit_counter_pkey PRIMARY KEY (institution_id, mandate_id, period),
  constraint limit_counter_used_minor_check CHECK ((used_minor >= 0))
);
grant insert, select, update on limit_counter to onetill_app;

create table mandate (
  institution_id text not null,
  id text not null,
  payer_id text not null,
  currency character(3) not null,
  per_payment_minor bigint not null,
  per_day_minor bigint not null,
  per_month_minor bigint not null,
  no_pin_minor bigint not null,
  state text default 'active'::text not null,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  constraint mandate_pkey PRIMARY KEY (institution_id, id),
  constraint mandate_no_pin_minor_check CHECK ((no_pin_minor >= 0)),
  constraint mandate_per_day_minor_check CHECK ((per_day_minor >= 0)),
  constraint mandate_per_month_minor_check CHECK ((per_month_minor >= 0)),
  constraint mandate_per_payment_minor_check CHECK ((per_payment_minor >= 0)),
  constraint mandate_state_check CHECK ((state = ANY (ARRAY['active'::text, 'revoked'::text])))
);
grant insert, select, update on mandate to onetill_app;

create table merchant (
  institution_id text not null,
  id text not null,
  name text not null,
  category character(4) not null,
  agent_id text,
  platform_id text,
  is_house boolean default false not null,
  state text default 'active'::text not null,
  created_at timestamp with time zone not null,
  constraint merchant_pkey PRIMARY KEY (institution_id, id),
  constraint merchant_state_check CHECK ((state = ANY (ARRAY['active'::text, 'closed'::text]))),
  constraint merchant_agent FOREIGN KEY (institution_id, agent_id) REFERENCES party(institution_id, id),
  constraint merchant_platform FOREIGN KEY (institution_id, platform_id) REFERENCES party(institution_id, id)
);
create unique index merchant_one_house on merchant USING btree (institution_id) WHERE is_house;
grant insert, select, update on merchant to onetill_app;

create table notice (
  institution_id text not null,
  recipient_id text not null,
  id text not null,
  kind text not null,
  payment_id text not null,
  amount_minor bigint not null,
  currency character(3) not null,
  merchant_name text not null,
  occurred_at timestamp with time zone not null,
  read_at timestamp with time zone,
  constraint notice_pkey PRIMARY KEY (institution_id, recipient_id, id),
  constraint notice_kind_check CHECK ((kind = ANY (ARRAY['debit_instruction'::text, 'netting_notice'::text])))
);
grant insert, select, update on notice to onetill_app;

create table outbox_message (
  institution_id text not null,
  consumer text not null,
  id text not null,
  subject_id text not null,
  is_reminder boolean default false not null,
  payload json not null,
  due_at timestamp with time zone not null,
  attempts integer default 0 not null,
  leased_until timestamp with time zone,
  last_error text,
  constraint outbox_message_pkey PRIMARY KEY (institution_id, consumer, subject_id, id)
);
create index outbox_message_due on outbox_message USING btree (institution_id, consumer, due_at, id) WHERE (due_at IS NOT NULL);
grant delete, insert, select, update on outbox_message to onetill_app;

create table party (
  institution_id text not null,
  id text not null,
  kind text not null,
  name text not null,
  state text default 'active'::text not null,
  created_at timestamp with time zone not null,
  constraint party_pkey PRIMARY KEY (institution_id, id),
  constraint party_kind_check CHECK ((kind = ANY (ARRAY['agent'::text, 'platform'::text]))),
  constraint party_state_check CHECK ((state = ANY (ARRAY['active'::text, 'closed'::text])))
);
grant insert, select, update on party to onetill_app;

create table payer (
  institution_id text not null,
  id text not null,
  login text not null,
  name text not null,
  password_hash text not null,
  pin_hash text not null,
  pin_failures integer default 0 not null,
  state text default 'active'::text not null,
  chosen_source_id text not null,
  mandate_id text not null,
  current_code_hash bytea,
  created_at timestamp with time zone not null,
  constraint payer_pkey PRIMARY KEY (institution_id, id),
  constraint payer_login UNIQUE (institution_id, login),
  constraint payer_state_check CHECK ((state = ANY (ARRAY['active'::text, 'frozen'::text, 'closed'::text])))
);
grant insert, select, update on payer to onetill_app;

create table payment (
  institution_id text not null,
  id text not null,
  kind text not null,
  state text not null,
  next_action text,
  merchant_id text not null,
  store_id text,
  terminal_id text,
  initiator_party_id text,
  order_no text not null,
  sale_no text not null,
  idempotency_key text not null,
  request_fingerprint bytea not null,
  amount_minor bigint not null,
  currency character(3) not null,
  scheme text,
  road text,
  masked_code text,
  payer_id text,
  source_id text,
  mandate_id text,
  allocation_version integer,
  limit_day date,
  decline_reason text,
  route_reasons json not null,
  latitude double precision,
  longitude double precision,
  accuracy_m double precision,
  created_at timestamp with time zone not null,
  confirm_expires_at timestamp with time zone,
  completed_at timestamp with time zone,
  constraint payment_pkey PRIMARY KEY (institution_id, id),
  constraint payment_idempotency_key UNIQUE (institution_id, idempotency_key, merchant_id),
  constraint payment_order_no UNIQUE (institution_id, merchant_id, order_no),
  constraint payment_amount_minor_check CHECK ((amount_minor > 0)),
  constraint payment_final CHECK (((state = 'processing'::text) = (completed_at IS NULL))),
  constraint payment_kind_check CHECK ((kind = ANY (ARRAY['purchase'::text, 'top_up'::text]))),
  constraint payment_next_action_check CHECK ((next_action = ANY (ARRAY['payer_confirms'::text, 'payer_scans'::text, 'query'::text, 'reverse'::text]))),
  constraint payment_says_why CHECK (((state = 'failed'::text) = (decline_reason IS NOT NULL))),
  constraint payment_state_check CHECK ((state = ANY (ARRAY['processing'::text, 'succeeded'::text, 'failed'::text, 'reversed'::text]))),
  constraint payment_waits CHECK (((state = 'processing'::text) OR (next_action IS NULL)))
);
create index payment_by_merchant on payment USING btree (institution_id, merchant_id, id) WHERE (id IS NOT NULL);
create index payment_by_payer on payment USING btree (institution_id, payer_id, id);
create index payment_by_terminal on payment USING btree (institution_id, terminal_id, id);
create index payment_open on payment USING btree (institution_id, terminal_id, id) WHERE (state = 'processing'::text);
grant insert, select, update on payment to onetill_app;

create table payment_code (
  institution_id text not null,
  code_hash bytea not null,
  payer_id text not null,
  source_id text not null,
  mandate_id text not null,
  kind text not null,
  masked text not null,
  issued_at timestamp with time zone not null,
  expires_at timestamp with time zone not null,
  used_at timestamp with time zone,
  payment_id text,
  constraint payment_code_pkey PRIMARY KEY (institution_id, code_hash)
);
create index payment_code_expired on payment_code USING brin (expires_at);
grant delete, insert, select, update on payment_code to onetill_app;

create table payment_transition (
  institution_id text not null,
  payment_id text not null,
  number smallint not null,
  from_state text,
  to_state text not null,
  actor text not null,
  reason text,
  at timestamp with time zone not null,
  constraint payment_transition_pkey PRIMARY KEY (institution_id, payment_id, number)
);
grant insert, select on payment_transition to onetill_app;

create table person (
  institution_id text not null,
  id text not null,
  login text not null,
  name text not null,
  password_hash text not null,
  role text not null,
  merchant_id text,
  party_id text,
  state text default 'active'::text not null,
  created_at timestamp with time zone not null,
  constraint person_pkey PRIMARY KEY (institution_id, id),
  constraint person_login UNIQUE (institution_id, login),
  constraint person_role_check CHECK ((role = ANY (ARRAY['operator'::text, 'merchant'::text, 'agent'::text, 'bank'::text]))),
  constraint person_state_check CHECK ((state = ANY (ARRAY['active'::text, 'closed'::text])))
);
grant insert, select, update on person to onetill_app;

create table product (
  institution_id text not null,
  id text not null,
  merchant_id text not null,
  sku text not null,
  name text not null,
  name_en text,
  category text,
  barcode text,
  price_minor bigint not null,
  currency character(3) not null,
  stock_quantity bigint,
  state text default 'active'::text not null,
  created_at timestamp with time zone not null,
  constraint product_pkey PRIMARY KEY (institution_id, id),
  constraint product_sku UNIQUE (institution_id, merchant_id, sku),
  constraint product_price_minor_check CHECK ((price_minor >= 0)),
  constraint product_state_check CHECK ((state = ANY (ARRAY['active'::text, 'closed'::text])))
);
create unique index product_barcode on product USING btree (institution_id, merchant_id, barcode) WHERE (state = 'active'::text);
create index product_by_merchant on product USING btree (institution_id, merchant_id, id);
grant delete, insert, select, update on product to onetill_app;

create table sale (
  institution_id text not null,
  merchant_id text not null,
  sale_no text not null,
  total_minor bigint,
  paid_minor bigint default 0 not null,
  currency character(3) not null,
  state text default 'open'::text not null,
  created_at timestamp with time zone not null,
  paid_at timestamp with time zone,
  constraint sale_pkey PRIMARY KEY (institution_id, merchant_id, sale_no),
  constraint sale_overpaid CHECK (((total_minor IS NULL) OR (paid_minor <= total_minor))),
  constraint sale_paid_minor_check CHECK ((paid_minor >= 0)),
  constraint sale_state_check CHECK ((state = ANY (ARRAY['open'::text, 'paid'::text]))),
  constraint sale_total_minor_check CHECK ((total_minor >= 0))
);
grant insert, select, update on sale to onetill_app;

create table sale_line (
  institution_id text not null,
  merchant_id text not null,
  sale_no text not null,
  line_no integer not null,
  sku text not null,
  name text not null,
  quantity bigint not null,
  unit_price_minor bigint not null,
  constraint sale_line_pkey PRIMARY KEY (institution_id, merchant_id, sale_no, line_no),
  constraint sale_line_quantity_check CHECK ((quantity > 0)),
  constraint sale_line_unit_price_minor_check CHECK ((unit_price_minor >= 0))
);
grant insert, select on sale_line to onetill_app;

create table schema_lock (
  only_row boolean default true not null,
  grants_sha256 text not null,
  constraint schema_lock_pkey PRIMARY KEY (only_row),
  constraint schema_lock_only_row_check CHECK (only_row)
);

create table schema_migration (
  version integer not null,
  name text not null,
  sha256 text not null,
  applied_at timestamp with time zone default now() not null,
  constraint schema_migration_pkey PRIMARY KEY (version)
);
grant select on schema_migration to onetill_app;

create table source (
  institution_id text not null,
  id text not null,
  payer_id text not null,
  kind text not null,
  label text not null,
  last4 character(4),
  ledger_account_id text not null,
  state text default 'active'::text not null,
  created_at timestamp with time zone not null,
  constraint source_pkey PRIMARY KEY (institution_id, id),
  constraint source_kind_check CHECK ((kind = ANY (ARRAY['balance'::text, 'card'::text]))),
  constraint source_state_check CHECK ((state = ANY (ARRAY['active'::text, 'closed'::text])))
);
create index source_by_payer on source USING btree (institution_id, payer_id, id);
grant insert, select, update on source to onetill_app;

create table stock_movement (
  institution_id text not null,
  product_id text not null,
  subject_id text not null,
  quantity bigint not null,
  recorded_at timestamp with time zone not null,
  constraint stock_movement_pkey PRIMARY KEY (institution_id, product_id, subject_id)
);
grant insert, select on stock_movement to onetill_app;

create table store (
  institution_id text not null,
  id text not null,
  merchant_id text not null,
  name text not null,
  kind text not null,
  address text,
  latitude double precision,
  longitude double precision,
  state text default 'active'::text not null,
  created_at timestamp with time zone not null,
  constraint store_pkey PRIMARY KEY (institution_id, id),
  constraint store_kind_check CHECK ((kind = ANY (ARRAY['small_store'::text, 'supermarket'::text, 'restaurant'::text, 'online'::text, 'other'::text]))),
  constraint store_latitude_check CHECK (((latitude >= ('-90'::integer)::double precision) AND (latitude <= (90)::double precision))),
  constraint store_longitude_check CHECK (((longitude >= ('-180'::integer)::double precision) AND (longitude <= (180)::double precision))),
  constraint store_state_check CHECK ((state = ANY (ARRAY['active'::text, 'closed'::text]))),
  constraint store_merchant FOREIGN KEY (institution_id, merchant_id) REFERENCES merchant(institution_id, id)
);
create index store_by_merchant on store USING btree (institution_id, merchant_id, id);
grant insert, select, update on store to onetill_app;

create table terminal (
  institution_id text not null,
  id text not null,
  merchant_id text not null,
  store_id text not null,
  name text not null,
  is_virtual boolean default false not null,
  state text default 'new'::text not null,
  may_take_payment boolean default true not null,
  limit_per_payment_minor bigint,
  activation_hash bytea,
  activation_expires_at timestamp with time zone,
  activated_at timestamp with time zone,
  last_seen_at timestamp with time zone,
  latitude double precision,
  longitude double precision,
  accuracy_m double precision,
  created_at timestamp with time zone not null,
  constraint terminal_pkey PRIMARY KEY (institution_id, id),
  constraint terminal_activation UNIQUE (institution_id, activation_hash),
  constraint terminal_limit_per_payment_minor_check CHECK ((limit_per_payment_minor > 0)),
  constraint terminal_state_check CHECK ((state = ANY (ARRAY['new'::text, 'active'::text, 'locked'::text]))),
  constraint terminal_store FOREIGN KEY (institution_id, store_id) REFERENCES store(institution_id, id)
);
create index terminal_by_merchant on terminal USING btree (institution_id, merchant_id, id);
create unique index terminal_one_virtual on terminal USING btree (institution_id, store_id) WHERE is_virtual;
grant insert, select, update on terminal to onetill_app;

create table terminal_guess (
  institution_id text not null,
  terminal_id text not null,
  day date not null,
  guesses integer not null,
  constraint terminal_guess_pkey PRIMARY KEY (institution_id, terminal_id, day)
);
grant delete, insert, select, update on terminal_guess to onetill_app;

create table trail_entry (
  institution_id text not null,
  number bigint not null,
  id text not null,
  at timestamp with time zone not null,
  actor text not null,
  action text not null,
  subject text not null,
  detail jsonb not null,
  previous_hash bytea not null,
  hash bytea not null,
  constraint trail_entry_pkey PRIMARY KEY (institution_id, number),
  constraint trail_entry_id UNIQUE (institution_id, id)
);
grant insert, select on trail_entry to onetill_app;

create table trail_head (
  institution_id text not null,
  number bigint not null,
  hash bytea not null,
  constraint trail_head_pkey PRIMARY KEY (institution_id)
);
grant delete, insert, select, update on trail_head to onetill_app;
