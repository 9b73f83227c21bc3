-- 0024 notice: news of merchants that payers subscribe to, and payers' feedback (P20). Apart from
-- the notices of debits: what a shop offers never stands among what was taken from a payer.

create table news (
  institution_id text not null,
  id text not null,                           -- nws_…
  merchant_id text not null,
  title text not null,
  body text not null,
  picture bytea,
  picture_type text check (picture_type in ('image/png', 'image/jpeg', 'image/webp')),
  product_id text,                            -- prd_…, what it is about
  price_minor bigint check (price_minor >= 0),
  currency char(3) not null,
  valid_from timestamptz not null,
  valid_until timestamptz not null,
  state text not null default 'draft' check (state in ('draft', 'published', 'withdrawn')),
  published_at timestamptz,
  published_on date,                          -- the institution's day
  published_number int,                       -- of the merchant's news on that day
  created_by text not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  primary key (institution_id, id),
  constraint news_validity check (valid_from < valid_until),
  constraint news_picture check ((picture is null) = (picture_type is null)),
  -- Two that are published at once cannot both be the last that the day has room for.
  constraint news_of_day unique (institution_id, merchant_id, published_on, published_number)
);

create index news_by_merchant on news (institution_id, merchant_id, id);

create table subscription (
  institution_id text not null,
  payer_id text not null,
  merchant_id text not null,
  state text not null check (state in ('on', 'muted', 'left')),
  reached_by text not null check (reached_by in ('paid', 'scanned', 'chosen')),
  since timestamptz not null,
  updated_at timestamptz not null,
  primary key (institution_id, payer_id, merchant_id)
);

create index subscription_by_merchant on subscription (institution_id, merchant_id, payer_id)
  where state = 'on';

-- Which payer was given which news: his feed.
create table news_delivery (
  institution_id text not null,
  payer_id text not null,
  news_id text not null,
  merchant_id text not null,
  delivered_on date not null,                 -- the institution's day, in which so many are allowed
  delivered_at timestamptz not null,
  read_at timestamptz,
  primary key (institution_id, payer_id, news_id)
);

create index news_delivery_of_news on news_delivery (institution_id, news_id);

create table feedback (
  institution_id text not null,
  id text not null,                           -- fbk_…
  payment_id text not null,
  payer_id text not null,
  merchant_id text not null,
  payer_name text not null,                   -- as it was then; merchants are shown its first sign
  rating int not null check (rating between 1 and 5),
  body text,
  given_at timestamptz not null,
  answer text,
  answered_by text,
  answered_at timestamptz,
  primary key (institution_id, id),
  constraint feedback_of_payment unique (institution_id, payment_id),
  constraint feedback_answer check ((answer is null) = (answered_at is null))
);

create index feedback_by_merchant on feedback (institution_id, merchant_id, id);

-- Where browsers may be woken, when their maker has a push service that can be reached. The address is
-- a secret between the browser and us, so it lies sealed.
create table web_push_subscription (
  institution_id text not null,
  id text not null,                           -- wps_…
  payer_id text not null,
  address_hash bytea not null,                -- SHA-256, to find it again
  sealed_address bytea not null,              -- address and keys, AES-256-GCM under the master key
  created_at timestamptz not null,
  primary key (institution_id, id),
  constraint web_push_address unique (institution_id, address_hash)
);

create index web_push_by_payer on web_push_subscription (institution_id, payer_id, id);

-- By which push services know an institution (VAPID); made when it is first asked for.
create table web_push_key (
  institution_id text not null,
  public_key text not null,
  sealed_private_key bytea not null,
  contact text not null,                      -- https: or mailto:, for whoever runs a push service
  created_at timestamptz not null,
  primary key (institution_id)
);
