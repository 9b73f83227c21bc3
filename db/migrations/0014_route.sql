-- 0014 route: by which source and road a payment goes: rules as data, and what quotas have used.

create table route_rule (
  institution_id text not null,
  id text not null,                           -- rte_…
  kind text not null check (kind in ('promotion', 'quota', 'environment', 'preference')),
  merchant_id text,                           -- null: for every merchant of the institution
  name text not null,
  name_en text not null,
  currency char(3) not null,                  -- of the amounts in the terms
  terms json not null,                        -- by kind; amounts are strings of minor units
  valid_from timestamptz not null,
  valid_until timestamptz,                    -- the first moment at which it holds no more
  created_by text not null,
  created_at timestamptz not null,
  primary key (institution_id, id),
  constraint route_rule_merchant foreign key (institution_id, merchant_id)
    references merchant (institution_id, id),
  constraint route_rule_validity check (valid_until >= valid_from)
);

create index route_rule_by_merchant on route_rule (institution_id, merchant_id, id);

-- What was taken of a quota or of a promotion's budget. Counters, never sums: the row is locked.
create table quota_counter (
  institution_id text not null,
  subject text not null,                      -- a source, a channel account, a scheme or a promotion
  period text not null,                       -- 2026-11-23, 2026-11 or all
  used_minor bigint not null default 0 check (used_minor >= 0),
  primary key (institution_id, subject, period)
) with (fillfactor = 45); -- written again and again: the newer row finds room on the same page

-- Processes hold copies of the rules; they look here for whether theirs is old.
create table route_version (
  institution_id text not null,
  version bigint not null,
  primary key (institution_id)
);
