-- name: create
-- Opens institution $1; the same id again, by a rerun, changes nothing.
insert into institution (id, name, name_en, currency, time_zone, code_prefix, created_at)
values ($1, $2, $3, $4, $5, $6, $7)
on conflict (id) do nothing

-- name: read
-- Institution $1, closed ones too.
select id, name, name_en, currency, time_zone, code_prefix, state, created_at
from institution
where id = $1

-- name: read_all
-- The few institutions of this installation, the oldest first.
select id, name, name_en, currency, time_zone, code_prefix, state, created_at
from institution
order by created_at, id

-- name: read_marks
-- With which root each institution's data was made, as far as that is known.
select id, root_mark
from institution
order by id

-- name: put_marks
-- Notes it where it was not known.
update institution i
set root_mark = m.root_mark
from unnest($1::text[], $2::bytea[]) as m (id, root_mark)
where i.id = m.id and i.root_mark is null

-- name: find_for_login
-- The active institution $1, or the oldest one when $1 is null.
select id
from institution
where state = 'active' and ($1::text is null or id = $1)
order by created_at, id
limit 1

-- name: insert_issuers
-- Adds kinds of codes, one row each; a known id stays as it is. Answers those that are new.
insert into issuer (id, institution_id, scheme, prefixes, min_length, max_length, pattern, default_kind,
  valid_from, valid_until)
select i.id, i.institution_id, i.scheme, string_to_array(i.prefixes, ','), i.min_length, i.max_length,
  i.pattern, i.default_kind, i.valid_from, i.valid_until
from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::int[], $6::int[], $7::text[], $8::text[],
  $9::timestamptz[], $10::timestamptz[])
  as i (id, institution_id, scheme, prefixes, min_length, max_length, pattern, default_kind, valid_from,
    valid_until)
order by i.id
on conflict (id) do nothing
returning id

-- name: end_issuer
-- Issuer $1 is valid no more from $2 on; one that has ended stays as it is. No institution is named: the
-- table is one for all of them, as codes are.
update issuer set valid_until = $2
where id = $1 and (valid_until is null or valid_until > $2)
returning id

-- name: bump_issuer_version
-- Tells every process that its copy of the issuers is old.
update issuer_version set version = version + 1

-- name: read_issuers
-- All kinds of codes, those that are no longer valid too: their validity is judged with the time.
select id, institution_id, scheme, prefixes, min_length, max_length, pattern, default_kind, valid_from,
  valid_until
from issuer
order by id

-- name: read_issuer_version
select version from issuer_version
