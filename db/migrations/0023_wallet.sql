-- 0023 wallet: what a mandate allows where, when and how often (P7, P9).

-- The level of proof that the regulator's caps hang on: A is agreed with the payer, D the lowest.
-- The payer chooses one up to what the institution has granted. A term that is null sets no bound.
alter table mandate
  add column granted_level char(1) not null default 'B' check (granted_level in ('A', 'B', 'C', 'D')),
  add column level char(1) not null default 'B' check (level in ('A', 'B', 'C', 'D')),
  add column per_day_count int check (per_day_count > 0),
  add column offline_per_day_minor bigint not null default 100000 check (offline_per_day_minor >= 0),
  add column merchants text[],                -- mch_…: only these
  add column shop_kinds text[],               -- only stores of these kinds
  add column areas jsonb,                     -- [{"latitude", "longitude", "radiusM", "name"}]: only in one of them
  add column hours jsonb,                     -- [{"days": [1], "from": "08:00", "until": "22:00"}]: only then; 1 is Monday
  add column consent text not null default 'standing' check (consent in ('standing', 'each'));

-- Besides the sum of a period, its day's row says how many payments there were, and how much of the
-- sum went without a PIN and by codes made offline. One row, so that one lock guards them all.
alter table limit_counter
  add column used_count int not null default 0 check (used_count >= 0),
  add column no_pin_minor bigint not null default 0 check (no_pin_minor >= 0),
  add column offline_minor bigint not null default 0 check (offline_minor >= 0);

-- A code may be good for a part of what the mandate allows.
alter table payment_code add column max_amount_minor bigint check (max_amount_minor > 0);

-- Whether the payer was asked for the PIN: what was, counts in no limit of payments without one.
alter table wallet_debit add column needs_pin boolean not null default false;

-- What was paid before counts as paid without a PIN, so that giving it back finds it.
update limit_counter l
set used_count = u.payments, no_pin_minor = u.paid_minor
from (
  select institution_id, mandate_id, to_char(limit_day, 'YYYY-MM-DD') as period, count(*) as payments,
    sum(paid_minor) as paid_minor
  from (
    select institution_id, mandate_id, limit_day, amount_minor - discount_minor as paid_minor
    from payment
    where state in ('processing', 'succeeded') and mandate_id is not null and limit_day is not null
    union all
    select institution_id, mandate_id, limit_day, amount_minor
    from wallet_debit
    where state = 'succeeded' and mandate_id is not null and limit_day is not null
  ) as paid
  group by institution_id, mandate_id, limit_day
) as u
where l.institution_id = u.institution_id and l.mandate_id = u.mandate_id and l.period = u.period;
