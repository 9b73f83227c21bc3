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

create table channel_account (
  institution_id text not null,
  id text not null,
  channel text not null,
  scheme text not null,
  name text not null,
  acquirer text,
  settlement text not null,
  merchant_id text,
  state text default 'active'::text not null,
  cost_bps integer default 0 not null,
  concurrency integer default 32 not null,
  settings json not null,
  sealed_keys bytea not null,
  key_hints json not null,
  version integer default 1 not null,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  constraint channel_account_pkey PRIMARY KEY (institution_id, id),
  constraint channel_account_channel_check CHECK ((channel = ANY (ARRAY['wechat'::text, 'alipay'::text, 'unionpay'::text, 'bankcard'::text, 'interbank'::text]))),
  constraint channel_account_concurrency_check CHECK (((concurrency >= 1) AND (concurrency <= 1000))),
  constraint channel_account_cost_bps_check CHECK (((cost_bps >= 0) AND (cost_bps <= 10000))),
  constraint channel_account_settlement_check CHECK ((settlement = ANY (ARRAY['direct'::text, 'pooled'::text]))),
  constraint channel_account_state_check CHECK ((state = ANY (ARRAY['active'::text, 'paused'::text, 'closed'::text])))
);
grant insert, select, update on channel_account to onetill_app;

create table channel_version (
  institution_id text not null,
  version bigint not null,
  constraint channel_version_pkey PRIMARY KEY (institution_id)
);
grant insert, select, update on channel_version to onetill_app;

create table charge (
  institution_id text not null,
  id text not null,
  payment_id text not null,
  number smallint not null,
  channel_account_id text not null,
  channel text not null,
  debit_account_id text not null,
  settlement text not null,
  means text not null,
  state text not null,
  step text,
  amount_minor bigint not null,
  currency character(3) not null,
  code_hash bytea,
  channel_ref text,
  channel_code text,
  payer_masked text,
  payer_paid_minor bigint,
  decline_reason text,
  is_late boolean default false not null,
  is_paid_back boolean default false not null,
  started_at timestamp with time zone not null,
  reverse_asked_at timestamp with time zone,
  queries integer default 0 not null,
  reverses integer default 0 not null,
  completed_at timestamp with time zone,
  constraint charge_pkey PRIMARY KEY (institution_id, id),
  constraint charge_number UNIQUE (institution_id, payment_id, number),
  constraint charge_amount_minor_check CHECK ((amount_minor > 0)),
  constraint charge_final CHECK (((state = 'processing'::text) = (completed_at IS NULL))),
  constraint charge_means_check CHECK ((means = ANY (ARRAY['code'::text, 'agreement'::text, 'order'::text]))),
  constraint charge_settlement_check CHECK ((settlement = ANY (ARRAY['direct'::text, 'pooled'::text]))),
  constraint charge_state_check CHECK ((state = ANY (ARRAY['processing'::text, 'succeeded'::text, 'failed'::text, 'reversed'::text]))),
  constraint charge_step_check CHECK ((step = ANY (ARRAY['query'::text, 'reverse'::text, 'watch'::text])))
);
create unique index charge_code on charge USING btree (institution_id, code_hash) WHERE (code_hash IS NOT NULL);
create index charge_open on charge USING btree (institution_id, channel_account_id, id) WHERE (state = 'processing'::text);
create unique index charge_pays_once on charge USING btree (institution_id, payment_id) WHERE ((state = 'succeeded'::text) AND (NOT is_late));
grant delete, insert, select, update on charge to onetill_app;

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

create table device_counter (
  institution_id text not null,
  last_number integer not null,
  constraint device_counter_pkey PRIMARY KEY (institution_id)
);
grant insert, select, update on device_counter to onetill_app;

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

create table exception (
  institution_id text not null,
  id text not null,
  kind text not null,
  state text default 'open'::text not null,
  subject_id text not null,
  payment_id text,
  amount_minor bigint not null,
  currency character(3) not null,
  detail json not null,
  opened_at timestamp with time zone not null,
  resolved_at timestamp with time zone,
  resolved_by text,
  action text,
  note text,
  constraint exception_pkey PRIMARY KEY (institution_id, id),
  constraint exception_once UNIQUE (institution_id, kind, subject_id),
  constraint exception_amount_minor_check CHECK ((amount_minor >= 0)),
  constraint exception_kind_check CHECK ((kind = ANY (ARRAY['late_success'::text, 'amount_mismatch'::text, 'stuck_unknown'::text, 'refund_failed'::text]))),
  constraint exception_resolved CHECK (((state = 'resolved'::text) = ((resolved_at IS NOT NULL) AND (resolved_by IS NOT NULL) AND (action IS NOT NULL)))),
  constraint exception_state_check CHECK ((state = ANY (ARRAY['open'::text, 'resolved'::text])))
);
create index exception_open on exception USING btree (institution_id, id) WHERE (state = 'open'::text);
grant insert, select, update on exception to onetill_app;

create table feedback (
  institution_id text not null,
  id text not null,
  payment_id text not null,
  payer_id text not null,
  merchant_id text not null,
  payer_name text not null,
  rating integer not null,
  body text,
  given_at timestamp with time zone not null,
  answer text,
  answered_by text,
  answered_at timestamp with time zone,
  constraint feedback_pkey PRIMARY KEY (institution_id, id),
  constraint feedback_of_payment UNIQUE (institution_id, payment_id),
  constraint feedback_answer CHECK (((answer IS NULL) = (answered_at IS NULL))),
  constraint feedback_rating_check CHECK (((rating >= 1) AND (rating <= 5)))
);
create index feedback_by_merchant on feedback USING btree (institution_id, merchant_id, id);
grant insert, select, update on feedback to onetill_app;

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
  state text default 'active'::text not null,
  created_at timestamp with time zone not null,
  root_mark bytea,
  constraint institution_pkey PRIMARY KEY (id),
  constraint institution_code_prefix_key UNIQUE (code_prefix),
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
  used_count integer default 0 not null,
  no_pin_minor bigint default 0 not null,
  offline_minor bigint default 0 not null,
  constraint limit_counter_pkey PRIMARY KEY (institution_id, mandate_id, period),
  constraint limit_counter_no_pin_minor_check CHECK ((no_pin_minor >= 0)),
  constraint limit_counter_offline_minor_check CHECK ((offline_minor >= 0)),
  constraint limit_counter_used_count_check CHECK ((used_count >= 0)),
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
  granted_level character(1) default 'B'::bpchar not null,
  level character(1) default 'B'::bpchar not null,
  per_day_count integer,
  offline_per_day_minor bigint default 100000 not null,
  merchants text[],
  shop_kinds text[],
  areas jsonb,
  hours jsonb,
  consent text default 'standing'::text not null,
  constraint mandate_pkey PRIMARY KEY (institution_id, id),
  constraint mandate_consent_check CHECK ((consent = ANY (ARRAY['standing'::text, 'each'::text]))),
  constraint mandate_granted_level_check CHECK ((granted_level = ANY (ARRAY['A'::bpchar, 'B'::bpchar, 'C'::bpchar, 'D'::bpchar]))),
  constraint mandate_level_check CHECK ((level = ANY (ARRAY['A'::bpchar, 'B'::bpchar, 'C'::bpchar, 'D'::bpchar]))),
  constraint mandate_no_pin_minor_check CHECK ((no_pin_minor >= 0)),
  constraint mandate_offline_per_day_minor_check CHECK ((offline_per_day_minor >= 0)),
  constraint mandate_per_day_count_check CHECK ((per_day_count > 0)),
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

create table merchant_code (
  institution_id text not null,
  id text not null,
  merchant_id text not null,
  store_id text not null,
  name text not null,
  state text default 'active'::text not null,
  created_at timestamp with time zone not null,
  closed_at timestamp with time zone,
  constraint merchant_code_pkey PRIMARY KEY (institution_id, id),
  constraint merchant_code_closed CHECK (((state = 'closed'::text) = (closed_at IS NOT NULL))),
  constraint merchant_code_state_check CHECK ((state = ANY (ARRAY['active'::text, 'closed'::text])))
);
create index merchant_code_by_merchant on merchant_code USING btree (institution_id, merchant_id, id);
grant insert, select, update on merchant_code to onetill_app;

create table news (
  institution_id text not null,
  id text not null,
  merchant_id text not null,
  title text not null,
  body text not null,
  picture bytea,
  picture_type text,
  product_id text,
  price_minor bigint,
  currency character(3) not null,
  valid_from timestamp with time zone not null,
  valid_until timestamp with time zone not null,
  state text default 'draft'::text not null,
  published_at timestamp with time zone,
  published_on date,
  published_number integer,
  created_by text not null,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  constraint news_pkey PRIMARY KEY (institution_id, id),
  constraint news_of_day UNIQUE (institution_id, merchant_id, published_on, published_number),
  constraint news_picture CHECK (((picture IS NULL) = (picture_type IS NULL))),
  constraint news_picture_type_check CHECK ((picture_type = ANY (ARRAY['image/png'::text, 'image/jpeg'::text, 'image/webp'::text]))),
  constraint news_price_minor_check CHECK ((price_minor >= 0)),
  constraint news_state_check CHECK ((state = ANY (ARRAY['draft'::text, 'published'::text, 'withdrawn'::text]))),
  constraint news_validity CHECK ((valid_from < valid_until))
);
create index news_by_merchant on news USING btree (institution_id, merchant_id, id);
grant insert, select, update on news to onetill_app;

create table news_delivery (
  institution_id text not null,
  payer_id text not null,
  news_id text not null,
  merchant_id text not null,
  delivered_on date not null,
  delivered_at timestamp with time zone not null,
  read_at timestamp with time zone,
  constraint news_delivery_pkey PRIMARY KEY (institution_id, payer_id, news_id)
);
create index news_delivery_of_news on news_delivery USING btree (institution_id, news_id);
grant delete, insert, select, update on news_delivery to onetill_app;

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
  constraint notice_kind_check CHECK ((kind = ANY (ARRAY['debit_instruction'::text, 'refund_notice'::text, 'netting_notice'::text])))
);
grant insert, select, update on notice to onetill_app;

create table order_showing (
  institution_id text not null,
  payment_id text not null,
  channel_account_id text not null,
  way text not null,
  payer_ref text not null,
  charge_id text not null,
  shown json,
  created_at timestamp with time zone not null,
  constraint order_showing_pkey PRIMARY KEY (institution_id, payment_id, channel_account_id, way, payer_ref),
  constraint order_showing_way_check CHECK ((way = ANY (ARRAY['native'::text, 'jsapi'::text, 'app'::text, 'h5'::text])))
);
grant insert, select, update on order_showing to onetill_app;

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
  channel_account_id text,
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
  is_auto boolean default false not null,
  constraint payer_pkey PRIMARY KEY (institution_id, id),
  constraint payer_login UNIQUE (institution_id, login),
  constraint payer_state_check CHECK ((state = ANY (ARRAY['active'::text, 'frozen'::text, 'closed'::text])))
);
grant insert, select, update on payer to onetill_app;

create table payer_device (
  institution_id text not null,
  id text not null,
  payer_id text not null,
  number integer not null,
  name text not null,
  platform text not null,
  state text default 'active'::text not null,
  sealed_key bytea not null,
  clock_offset_ms integer,
  created_at timestamp with time zone not null,
  last_seen_at timestamp with time zone,
  constraint payer_device_pkey PRIMARY KEY (institution_id, id),
  constraint payer_device_number UNIQUE (institution_id, number),
  constraint payer_device_number_check CHECK ((number > 0)),
  constraint payer_device_state_check CHECK ((state = ANY (ARRAY['active'::text, 'frozen'::text, 'revoked'::text])))
);
create index payer_device_by_payer on payer_device USING btree (institution_id, payer_id, id);
grant insert, select, update on payer_device to onetill_app;

create table payer_guess (
  institution_id text not null,
  payer_id text not null,
  day date not null,
  wrong integer not null,
  constraint payer_guess_pkey PRIMARY KEY (institution_id, payer_id, day)
);
grant delete, insert, select, update on payer_guess to onetill_app;

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
  discount_minor bigint default 0 not null,
  merchant_discount_minor bigint default 0 not null,
  promotion_id text,
  quota_uses json,
  route_candidates json,
  needs_pin boolean default false not null,
  is_offline boolean default false not null,
  position_flags text,
  position_distance_m integer,
  constraint payment_pkey PRIMARY KEY (institution_id, id),
  constraint payment_idempotency_key UNIQUE (institution_id, idempotency_key, merchant_id),
  constraint payment_order_no UNIQUE (institution_id, merchant_id, order_no),
  constraint payment_amount_minor_check CHECK ((amount_minor > 0)),
  constraint payment_discount CHECK (((discount_minor < amount_minor) AND (merchant_discount_minor <= discount_minor))),
  constraint payment_discount_minor_check CHECK ((discount_minor >= 0)),
  constraint payment_final CHECK (((state = 'processing'::text) = (completed_at IS NULL))),
  constraint payment_kind_check CHECK ((kind = ANY (ARRAY['purchase'::text, 'top_up'::text]))),
  constraint payment_merchant_discount_minor_check CHECK ((merchant_discount_minor >= 0)),
  constraint payment_next_action_check CHECK ((next_action = ANY (ARRAY['payer_confirms'::text, 'payer_scans'::text, 'query'::text, 'reverse'::text]))),
  constraint payment_says_why CHECK (((state = 'failed'::text) = (decline_reason IS NOT NULL))),
  constraint payment_state_check CHECK ((state = ANY (ARRAY['processing'::text, 'succeeded'::text, 'failed'::text, 'reversed'::text]))),
  constraint payment_waits CHECK (((state = 'processing'::text) OR (next_action IS NULL)))
);
create index payment_by_merchant on payment USING btree (institution_id, merchant_id, id) WHERE (id IS NOT NULL);
create index payment_by_payer on payment USING btree (institution_id, payer_id, id);
create index payment_by_terminal on payment USING btree (institution_id, terminal_id, id);
create index payment_open on payment USING btree (institution_id, terminal_id, id) WHERE ((state = 'processing'::text) AND (terminal_id IS NOT NULL));
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
  is_auto boolean default false not null,
  device_id text,
  epoch integer,
  seq smallint,
  wrong_tries smallint default 0 not null,
  stopped text,
  max_amount_minor bigint,
  constraint payment_code_pkey PRIMARY KEY (institution_id, code_hash),
  constraint payment_code_max_amount_minor_check CHECK ((max_amount_minor > 0)),
  constraint payment_code_offline CHECK ((((device_id IS NULL) = (epoch IS NULL)) AND ((device_id IS NULL) = (seq IS NULL)))),
  constraint payment_code_stopped_check CHECK ((stopped = ANY (ARRAY['burnt'::text, 'frozen'::text, 'revoked'::text, 'replaced'::text])))
);
create index payment_code_expired on payment_code USING brin (expires_at);
create unique index payment_code_of_device on payment_code USING btree (institution_id, device_id, epoch, seq) WHERE (device_id IS NOT NULL);
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

create table peer_institution (
  institution_id text not null,
  id text not null,
  name text not null,
  public_key text not null,
  sealed_private_key bytea not null,
  state text default 'active'::text not null,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  old_public_key text,
  old_key_until timestamp with time zone,
  next_answer_key text,
  sealed_next_key bytea,
  constraint peer_institution_pkey PRIMARY KEY (institution_id, id),
  constraint peer_institution_state_check CHECK ((state = ANY (ARRAY['active'::text, 'closed'::text]))),
  constraint peer_next_key CHECK (((next_answer_key IS NULL) = (sealed_next_key IS NULL))),
  constraint peer_old_key CHECK (((old_public_key IS NULL) = (old_key_until IS NULL)))
);
grant insert, select, update on peer_institution to onetill_app;

create table peer_nonce (
  institution_id text not null,
  peer_id text not null,
  nonce text not null,
  request_id text not null,
  seen_at timestamp with time zone not null,
  constraint peer_nonce_pkey PRIMARY KEY (institution_id, peer_id, nonce)
);
create index peer_nonce_seen on peer_nonce USING btree (institution_id, seen_at);
grant delete, insert, select, update on peer_nonce to onetill_app;

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

create table quota_counter (
  institution_id text not null,
  subject text not null,
  period text not null,
  used_minor bigint default 0 not null,
  constraint quota_counter_pkey PRIMARY KEY (institution_id, subject, period),
  constraint quota_counter_used_minor_check CHECK ((used_minor >= 0))
);
grant insert, select, update on quota_counter to onetill_app;

create table refund (
  institution_id text not null,
  id text not null,
  payment_id text not null,
  charge_id text,
  channel_account_id text,
  is_late boolean default false not null,
  merchant_id text not null,
  terminal_id text,
  payer_id text,
  initiator_party_id text,
  state text not null,
  next_action text,
  amount_minor bigint not null,
  payer_minor bigint not null,
  currency character(3) not null,
  reason text,
  requested_by text not null,
  approved_by text,
  idempotency_key text not null,
  request_fingerprint bytea not null,
  channel_ref text,
  channel_code text,
  decline_reason text,
  begun_at timestamp with time zone,
  promised_at timestamp with time zone,
  created_at timestamp with time zone not null,
  completed_at timestamp with time zone,
  constraint refund_pkey PRIMARY KEY (institution_id, id),
  constraint refund_idempotency_key UNIQUE (institution_id, merchant_id, idempotency_key),
  constraint refund_amount_minor_check CHECK ((amount_minor > 0)),
  constraint refund_final CHECK (((state = 'processing'::text) = (completed_at IS NULL))),
  constraint refund_next_action_check CHECK ((next_action = ANY (ARRAY['second_approval'::text, 'query'::text]))),
  constraint refund_part CHECK ((payer_minor <= amount_minor)),
  constraint refund_payer_minor_check CHECK ((payer_minor >= 0)),
  constraint refund_says_why CHECK (((state = 'failed'::text) = (decline_reason IS NOT NULL))),
  constraint refund_state_check CHECK ((state = ANY (ARRAY['processing'::text, 'succeeded'::text, 'failed'::text]))),
  constraint refund_waits CHECK (((state = 'processing'::text) = (next_action IS NOT NULL)))
);
create index refund_by_merchant on refund USING btree (institution_id, merchant_id, id) WHERE (id IS NOT NULL);
create index refund_by_payer on refund USING btree (institution_id, payer_id, id) WHERE (payer_id IS NOT NULL);
create index refund_by_payment on refund USING btree (institution_id, payment_id, id);
create index refund_by_requester on refund USING btree (institution_id, requested_by, id);
create index refund_by_terminal on refund USING btree (institution_id, terminal_id, id) WHERE (terminal_id IS NOT NULL);
create index refund_open on refund USING btree (institution_id, id) WHERE (state = 'processing'::text);
grant insert, select, update on refund to onetill_app;

create table route_rule (
  institution_id text not null,
  id text not null,
  kind text not null,
  merchant_id text,
  name text not null,
  name_en text not null,
  currency character(3) not null,
  terms json not null,
  valid_from timestamp with time zone not null,
  valid_until timestamp with time zone,
  created_by text not null,
  created_at timestamp with time zone not null,
  constraint route_rule_pkey PRIMARY KEY (institution_id, id),
  constraint route_rule_kind_check CHECK ((kind = ANY (ARRAY['promotion'::text, 'quota'::text, 'environment'::text, 'preference'::text]))),
  constraint route_rule_validity CHECK ((valid_until >= valid_from)),
  constraint route_rule_merchant FOREIGN KEY (institution_id, merchant_id) REFERENCES merchant(institution_id, id)
);
create index route_rule_by_merchant on route_rule USING btree (institution_id, merchant_id, id);
grant insert, select on route_rule to onetill_app;
grant update (valid_until) on route_rule to onetill_app;

create table route_version (
  institution_id text not null,
  version bigint not null,
  constraint route_version_pkey PRIMARY KEY (institution_id)
);
grant insert, select, update on route_version to onetill_app;

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

create table setting_change (
  institution_id text not null,
  id text not null,
  version bigint not null,
  scope text not null,
  subject_id text not null,
  merchant_id text,
  diff jsonb not null,
  actor text not null,
  reason text not null,
  undoes text,
  changed_at timestamp with time zone not null,
  constraint setting_change_pkey PRIMARY KEY (institution_id, id),
  constraint setting_change_scope_check CHECK ((scope = ANY (ARRAY['system'::text, 'institution'::text, 'merchant'::text, 'store'::text, 'terminal'::text])))
);
create index setting_change_by_merchant on setting_change USING btree (institution_id, merchant_id, id);
create index setting_change_by_place on setting_change USING btree (institution_id, subject_id, version);
grant insert, select on setting_change to onetill_app;

create table setting_value (
  institution_id text not null,
  scope text not null,
  subject_id text not null,
  merchant_id text,
  name text not null,
  value jsonb not null,
  constraint setting_value_pkey PRIMARY KEY (institution_id, subject_id, name),
  constraint setting_value_scope_check CHECK ((scope = ANY (ARRAY['institution'::text, 'merchant'::text, 'store'::text, 'terminal'::text]))),
  constraint setting_value_value_check CHECK ((jsonb_typeof(value) = ANY (ARRAY['number'::text, 'boolean'::text, 'string'::text])))
);
grant delete, insert, select, update on setting_value to onetill_app;

create table setting_version (
  institution_id text not null,
  version bigint not null,
  constraint setting_version_pkey PRIMARY KEY (institution_id)
);
grant insert, select, update on setting_version to onetill_app;

create table source (
  institution_id text not null,
  id text not null,
  payer_id text not null,
  kind text not null,
  label text not null,
  last4 character(4),
  ledger_account_id text,
  state text default 'active'::text not null,
  created_at timestamp with time zone not null,
  channel_account_id text,
  sealed_token bytea,
  rank integer default 1000 not null,
  constraint source_pkey PRIMARY KEY (institution_id, id),
  constraint source_kind CHECK ((kind = ANY (ARRAY['balance'::text, 'card'::text, 'linked'::text, 'bank_card'::text]))),
  constraint source_place CHECK (((ledger_account_id IS NULL) = (channel_account_id IS NOT NULL))),
  constraint source_state_check CHECK ((state = ANY (ARRAY['active'::text, 'closed'::text])))
);
create index source_by_payer on source USING btree (institution_id, payer_id, id);
grant insert, select, update on source to onetill_app;

create table source_link (
  institution_id text not null,
  id text not null,
  payer_id text not null,
  channel_account_id text not null,
  state text default 'pending'::text not null,
  problem text,
  return_url text,
  started_at timestamp with time zone not null,
  finished_at timestamp with time zone,
  constraint source_link_pkey PRIMARY KEY (institution_id, id),
  constraint source_link_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'linked'::text, 'refused'::text, 'unlinked'::text])))
);
create index source_link_by_payer on source_link USING btree (institution_id, payer_id, id);
grant insert, select, update on source_link to onetill_app;

create table static_counter (
  institution_id text not null,
  payer_id text not null,
  day date not null,
  used_minor bigint default 0 not null,
  constraint static_counter_pkey PRIMARY KEY (institution_id, payer_id, day),
  constraint static_counter_used_minor_check CHECK ((used_minor >= 0))
);
grant insert, select, update on static_counter to onetill_app;

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

create table subscription (
  institution_id text not null,
  payer_id text not null,
  merchant_id text not null,
  state text not null,
  reached_by text not null,
  since timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  constraint subscription_pkey PRIMARY KEY (institution_id, payer_id, merchant_id),
  constraint subscription_reached_by_check CHECK ((reached_by = ANY (ARRAY['paid'::text, 'scanned'::text, 'chosen'::text]))),
  constraint subscription_state_check CHECK ((state = ANY (ARRAY['on'::text, 'muted'::text, 'left'::text])))
);
create index subscription_by_merchant on subscription USING btree (institution_id, merchant_id, payer_id) WHERE (state = 'on'::text);
grant insert, select, update on subscription to onetill_app;

create table system_setting (
  name text not null,
  value jsonb not null,
  constraint system_setting_pkey PRIMARY KEY (name),
  constraint system_setting_value_check CHECK ((jsonb_typeof(value) = ANY (ARRAY['number'::text, 'boolean'::text, 'string'::text])))
);
grant delete, insert, select, update on system_setting to onetill_app;

create table system_setting_version (
  only_row boolean default true not null,
  version bigint not null,
  constraint system_setting_version_pkey PRIMARY KEY (only_row),
  constraint system_setting_version_only_row_check CHECK (only_row)
);
grant insert, select, update on system_setting_version to onetill_app;

create table terminal (
  institution_id text not null,
  id text not null,
  merchant_id text not null,
  store_id text not null,
  name text not null,
  is_virtual boolean default false not null,
  activation_hash bytea,
  activation_expires_at timestamp with time zone,
  activated_at timestamp with time zone,
  last_seen_at timestamp with time zone,
  latitude double precision,
  longitude double precision,
  accuracy_m double precision,
  created_at timestamp with time zone not null,
  public_key bytea,
  app_version text,
  heartbeat_at timestamp with time zone,
  configuration_version text,
  position_at timestamp with time zone,
  position_flags text default ''::text not null,
  position_distance_m integer,
  is_mock boolean default false not null,
  constraint terminal_pkey PRIMARY KEY (institution_id, id),
  constraint terminal_activation UNIQUE (institution_id, activation_hash),
  constraint terminal_public_key_check CHECK ((octet_length(public_key) = 32)),
  constraint terminal_store FOREIGN KEY (institution_id, store_id) REFERENCES store(institution_id, id)
);
create index terminal_by_merchant on terminal USING btree (institution_id, merchant_id, id);
create index terminal_by_store on terminal USING btree (institution_id, store_id, id);
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

create table terminal_nonce (
  institution_id text not null,
  period integer not null,
  terminal_id text not null,
  nonce text not null,
  request_id text not null,
  constraint terminal_nonce_pkey PRIMARY KEY (institution_id, period, terminal_id, nonce)
);
grant delete, insert, select, update on terminal_nonce to onetill_app;

create table terminal_permission (
  institution_id text not null,
  subject_id text not null,
  scope text not null,
  may_take_payment boolean,
  may_refund boolean,
  may_reverse boolean,
  limit_per_payment_minor bigint,
  limit_per_day_minor bigint,
  hours jsonb,
  schemes text[],
  fence_radius_m integer,
  fence_action text,
  is_locked boolean default false not null,
  reason text,
  updated_by text not null,
  updated_at timestamp with time zone not null,
  version integer default 1 not null,
  constraint terminal_permission_pkey PRIMARY KEY (institution_id, subject_id),
  constraint terminal_permission_fence_action_check CHECK ((fence_action = ANY (ARRAY['refuse'::text, 'flag'::text, 'ask'::text]))),
  constraint terminal_permission_fence_radius_m_check CHECK ((fence_radius_m >= 0)),
  constraint terminal_permission_limit_per_day_minor_check CHECK ((limit_per_day_minor > 0)),
  constraint terminal_permission_limit_per_payment_minor_check CHECK ((limit_per_payment_minor > 0)),
  constraint terminal_permission_scope_check CHECK ((scope = ANY (ARRAY['merchant'::text, 'store'::text, 'terminal'::text])))
);
grant delete, insert, select, update on terminal_permission to onetill_app;

create table terminal_position (
  institution_id text not null,
  terminal_id text not null,
  seen_at timestamp with time zone not null,
  measured_at timestamp with time zone not null,
  latitude double precision not null,
  longitude double precision not null,
  accuracy_m double precision,
  is_mock boolean default false not null,
  flags text default ''::text not null,
  distance_m integer,
  source text not null,
  constraint terminal_position_pkey PRIMARY KEY (institution_id, terminal_id, seen_at),
  constraint terminal_position_source_check CHECK ((source = ANY (ARRAY['payment'::text, 'heartbeat'::text])))
);
create index terminal_position_by_time on terminal_position USING btree (institution_id, seen_at);
grant delete, insert, select, update on terminal_position to onetill_app;

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
create index trail_entry_by_subject on trail_entry USING btree (institution_id, subject, number);
grant insert, select on trail_entry to onetill_app;

create table trail_head (
  institution_id text not null,
  number bigint not null,
  hash bytea not null,
  constraint trail_head_pkey PRIMARY KEY (institution_id)
);
grant delete, insert, select, update on trail_head to onetill_app;

create table wallet_debit (
  institution_id text not null,
  id text not null,
  peer_id text not null,
  charge_id text not null,
  state text not null,
  fingerprint bytea,
  amount_minor bigint not null,
  currency character(3) not null,
  merchant_name text not null,
  masked_code text,
  payer_id text,
  payer_name text,
  source_id text,
  source_label text,
  ledger_account_id text,
  mandate_id text,
  decline_reason text,
  limit_day date,
  refunded_minor bigint default 0 not null,
  legs smallint default 0 not null,
  created_at timestamp with time zone not null,
  confirm_expires_at timestamp with time zone,
  completed_at timestamp with time zone,
  is_offline boolean default false not null,
  needs_pin boolean default false not null,
  constraint wallet_debit_pkey PRIMARY KEY (institution_id, id),
  constraint wallet_debit_charge UNIQUE (institution_id, peer_id, charge_id),
  constraint wallet_debit_amount_minor_check CHECK ((amount_minor > 0)),
  constraint wallet_debit_final CHECK (((state = 'waiting'::text) = (completed_at IS NULL))),
  constraint wallet_debit_refunds CHECK (((refunded_minor >= 0) AND (refunded_minor <= amount_minor))),
  constraint wallet_debit_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'succeeded'::text, 'failed'::text, 'reversed'::text])))
);
create index wallet_debit_by_payer on wallet_debit USING btree (institution_id, payer_id, id);
create index wallet_debit_refunded on wallet_debit USING btree (institution_id, payer_id, id) WHERE (refunded_minor > 0);
grant insert, select, update on wallet_debit to onetill_app;

create table wallet_debit_refund (
  institution_id text not null,
  debit_id text not null,
  refund_id text not null,
  amount_minor bigint not null,
  created_at timestamp with time zone not null,
  constraint wallet_debit_refund_pkey PRIMARY KEY (institution_id, debit_id, refund_id),
  constraint wallet_debit_refund_amount_minor_check CHECK ((amount_minor > 0))
);
grant insert, select on wallet_debit_refund to onetill_app;

create table web_push_key (
  institution_id text not null,
  public_key text not null,
  sealed_private_key bytea not null,
  contact text not null,
  created_at timestamp with time zone not null,
  constraint web_push_key_pkey PRIMARY KEY (institution_id)
);
grant delete, insert, select, update on web_push_key to onetill_app;

create table web_push_subscription (
  institution_id text not null,
  id text not null,
  payer_id text not null,
  address_hash bytea not null,
  sealed_address bytea not null,
  created_at timestamp with time zone not null,
  constraint web_push_subscription_pkey PRIMARY KEY (institution_id, id),
  constraint web_push_address UNIQUE (institution_id, address_hash)
);
create index web_push_by_payer on web_push_subscription USING btree (institution_id, payer_id, id);
grant delete, insert, select, update on web_push_subscription to onetill_app;

create table webhook_cursor (
  institution_id text not null,
  position text not null,
  swept_at timestamp with time zone not null,
  constraint webhook_cursor_pkey PRIMARY KEY (institution_id)
);
grant delete, insert, select, update on webhook_cursor to onetill_app;

create table webhook_delivery (
  institution_id text not null,
  id text not null,
  endpoint_id text not null,
  event_id text not null,
  event_type text not null,
  body text not null,
  state text default 'pending'::text not null,
  attempts integer default 0 not null,
  rung integer default 0 not null,
  due_at timestamp with time zone,
  leased_until timestamp with time zone,
  status integer,
  problem text,
  attempt_log json default '[]'::json not null,
  created_at timestamp with time zone not null,
  completed_at timestamp with time zone,
  constraint webhook_delivery_pkey PRIMARY KEY (institution_id, id),
  constraint webhook_delivery_event UNIQUE (institution_id, endpoint_id, event_id),
  constraint webhook_delivery_due CHECK (((state = 'pending'::text) = (due_at IS NOT NULL))),
  constraint webhook_delivery_final CHECK (((state = 'pending'::text) = (completed_at IS NULL))),
  constraint webhook_delivery_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'succeeded'::text, 'failed'::text])))
);
create index webhook_delivery_of_endpoint on webhook_delivery USING btree (institution_id, endpoint_id, id);
create index webhook_delivery_waiting on webhook_delivery USING btree (institution_id, endpoint_id, due_at, id) WHERE (state = 'pending'::text);
grant delete, insert, select, update on webhook_delivery to onetill_app;

create table webhook_endpoint (
  institution_id text not null,
  id text not null,
  owner_id text not null,
  url text not null,
  description text,
  event_types text[] not null,
  state text default 'active'::text not null,
  disabled_reason text,
  sealed_secrets bytea not null,
  secret_changed_at timestamp with time zone not null,
  old_secret_until timestamp with time zone,
  tells_from timestamp with time zone not null,
  failing_since timestamp with time zone,
  created_at timestamp with time zone not null,
  updated_at timestamp with time zone not null,
  constraint webhook_endpoint_pkey PRIMARY KEY (institution_id, id),
  constraint webhook_endpoint_disabled CHECK (((state = 'disabled'::text) = (disabled_reason IS NOT NULL))),
  constraint webhook_endpoint_disabled_reason_check CHECK ((disabled_reason = ANY (ARRAY['gone'::text, 'failing'::text]))),
  constraint webhook_endpoint_state_check CHECK ((state = ANY (ARRAY['active'::text, 'paused'::text, 'disabled'::text, 'deleted'::text])))
);
create index webhook_endpoint_owner on webhook_endpoint USING btree (institution_id, owner_id, id);
grant delete, insert, select, update on webhook_endpoint to onetill_app;
