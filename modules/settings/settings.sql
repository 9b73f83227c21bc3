-- name: read_values
-- All that is set in institution $1, wherever it is set.
select scope, subject_id, merchant_id, name, value
from setting_value
where institution_id = $1
order by subject_id, name

-- name: read_system_values
-- What is set for all institutions of this installation.
select name, value
from system_setting
order by name

-- name: read_version
select version
from setting_version
where institution_id = $1

-- name: read_system_version
select version
from system_setting_version

-- name: open_version
-- The row that savings take turns at.
insert into setting_version (institution_id, version)
values ($1, 0)
on conflict (institution_id) do nothing

-- name: lock_version
select version
from setting_version
where institution_id = $1
for no key update

-- name: lock_system_version
select version
from system_setting_version
for no key update

-- name: bump_version
-- Tells every process that its copy of the institution's settings is old.
update setting_version
set version = version + 1
where institution_id = $1

-- name: bump_system_version
-- Tells every process that its copy of the installation's settings is old.
update system_setting_version set version = version + 1

-- name: put_values
-- Sets parameters at place $3, whose scope is $2.
insert into setting_value (institution_id, scope, subject_id, merchant_id, name, value)
select $1, $2, $3, $4, v.name, v.value::jsonb
from unnest($5::text[], $6::text[]) as v (name, value)
order by v.name
on conflict (institution_id, subject_id, name) do update set value = excluded.value

-- name: take_values
-- From now on nothing is said of the parameters $3 at place $2.
delete from setting_value
where institution_id = $1 and subject_id = $2 and name = any ($3::text[])

-- name: put_system_values
insert into system_setting (name, value)
select v.name, v.value::jsonb
from unnest($1::text[], $2::text[]) as v (name, value)
order by v.name
on conflict (name) do update set value = excluded.value

-- name: take_system_values
delete from system_setting
where name = any ($1::text[])

-- name: insert_change
-- Writes down who changed what and why.
insert into setting_change (institution_id, id, version, scope, subject_id, merchant_id, diff, actor, reason,
  undoes, changed_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)

-- name: newest_change_of
-- At which version place $2 was changed last.
select version
from setting_change
where institution_id = $1 and subject_id = $2
order by version desc
limit 1

-- name: read_change
select id, version, scope, subject_id, merchant_id, diff, actor, reason, undoes, changed_at
from setting_change
where institution_id = $1 and id = $2

-- name: read_changes
-- A page of changes, the newest first, older than $2; at place $3 unless that is null.
select id, version, scope, subject_id, merchant_id, diff, actor, reason, undoes, changed_at
from setting_change
where institution_id = $1 and id < $2 and ($3::text is null or subject_id = $3)
order by id desc
limit $4

-- name: read_changes_of_merchant
-- The same, of what belongs to merchant $5 only.
select id, version, scope, subject_id, merchant_id, diff, actor, reason, undoes, changed_at
from setting_change
where institution_id = $1 and merchant_id = $5 and id < $2 and ($3::text is null or subject_id = $3)
order by id desc
limit $4
