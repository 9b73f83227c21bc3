-- 0020 settings: parameters by scope, and who changed them (P19).
--
-- A value stands at one place: the institution, a merchant, a store or a terminal; the narrowest place
-- is right. What holds for every institution of the installation is system_setting, the small exception
-- whose key begins with no institution. Each process polls the versions and reads its copy again.

create table setting_value (
  institution_id text not null,
  scope text not null check (scope in ('institution', 'merchant', 'store', 'terminal')),
  subject_id text not null,                   -- ins_…, mch_…, str_…, trm_…
  merchant_id text,                           -- whose place it is
  name text not null,                         -- code.life_seconds
  value jsonb not null check (jsonb_typeof(value) in ('number', 'boolean', 'string')),
  primary key (institution_id, subject_id, name)
);

create table setting_version (
  institution_id text primary key,
  version bigint not null
);

-- Who changed what and why. A change is never rewritten: rolling it back is another one, which names it.
create table setting_change (
  institution_id text not null,               -- of the operator, when the place is the system
  id text not null,                           -- sch_…
  version bigint not null,                    -- the institution's, once the change was made
  scope text not null check (scope in ('system', 'institution', 'merchant', 'store', 'terminal')),
  subject_id text not null,
  merchant_id text,                           -- whose place it is
  diff jsonb not null,                        -- [{name, before, after}], null: nothing was or is set
  actor text not null,
  reason text not null,
  undoes text,                                -- the change that this one rolls back
  changed_at timestamptz not null,
  primary key (institution_id, id)
);

create index setting_change_by_place on setting_change (institution_id, subject_id, version);
create index setting_change_by_merchant on setting_change (institution_id, merchant_id, id);

create table system_setting (
  name text primary key,
  value jsonb not null check (jsonb_typeof(value) in ('number', 'boolean', 'string'))
);

create table system_setting_version (
  only_row boolean primary key default true check (only_row),
  version bigint not null
);
insert into system_setting_version (version) values (0);

-- The terms that were columns become settings, where they differ from what everybody has; what is out
-- of a setting's range comes to its nearest end.
insert into setting_value (institution_id, scope, subject_id, name, value)
select i.id, 'institution', i.id, t.name, to_jsonb(t.value)
from institution i
cross join lateral (values
  ('code.life_seconds', least(i.code_life_seconds, 60), 60),
  ('code.grace_seconds', greatest(i.code_grace_seconds, 5), 10),
  ('payment.confirm_seconds', greatest(least(i.confirm_seconds, 600), 30), 120),
  ('code.guesses_per_terminal_day', greatest(least(i.guesses_per_terminal_day, 100), 5), 20)
) as t (name, value, usual)
where t.value <> t.usual;

insert into setting_value (institution_id, scope, subject_id, merchant_id, name, value)
select institution_id, 'merchant', id, id, 'refund.approval_minor', to_jsonb(least(refund_approval_minor, 10000000000))
from merchant
where refund_approval_minor <> 100000;

insert into setting_value (institution_id, scope, subject_id, merchant_id, name, value)
select institution_id, 'merchant', id, id, 'refund.needs_approval', to_jsonb(false)
from merchant
where refund_approval_minor is null and not is_house;

alter table institution
  drop column code_life_seconds,
  drop column code_grace_seconds,
  drop column confirm_seconds,
  drop column guesses_per_terminal_day;

alter table merchant
  drop column refund_approval_minor;
