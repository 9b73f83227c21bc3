-- name: lock_head
-- The last number and hash of institution $1's trail; whoever has it appends next.
select number, hash
from trail_head
where institution_id = $1
for no key update

-- name: create_head
-- The head of a trail without entries.
insert into trail_head (institution_id, number, hash)
values ($1, 0, $2)
on conflict (institution_id) do nothing

-- name: move_head
-- The entry that was appended last.
update trail_head
set number = $2, hash = $3
where institution_id = $1

-- name: read_head
-- How far the trail goes.
select number, hash
from trail_head
where institution_id = $1

-- name: read_known
-- Which of the ids $3 are among the entries after number $2.
select id
from trail_entry
where institution_id = $1 and number > $2 and id = any ($3::text[])

-- name: append
-- Adds entries, numbered and chained by the caller, who has locked the head.
insert into trail_entry (institution_id, number, id, at, actor, action, subject, detail, previous_hash, hash)
select $1, e.number, e.id, e.at, e.actor, e.action, e.subject, e.detail, e.previous_hash, e.hash
from unnest($2::bigint[], $3::text[], $4::timestamptz[], $5::text[], $6::text[], $7::text[], $8::jsonb[],
  $9::bytea[], $10::bytea[])
  as e (number, id, at, actor, action, subject, detail, previous_hash, hash)

-- name: read_onward
-- Entries after number $2 up to number $3, in order, at most $4.
select number, id, at, actor, action, subject, detail, previous_hash, hash
from trail_entry
where institution_id = $1 and number > $2 and number <= $3
order by number
limit $4

-- name: read_about
-- The newest $4 entries about the subjects $2 whose actions begin with $3.
select number, id, at, actor, action, subject, detail
from trail_entry
where institution_id = $1 and subject = any ($2::text[]) and starts_with(action, $3)
order by number desc
limit $4

-- name: read_page
-- The newest $3 entries before the one with id $2 (none when there is no such entry), or of all: by
-- actor $4, whose actions begin with $5, from $6 on, before $7.
select number, id, at, actor, action, subject, detail
from trail_entry
where institution_id = $1
  and number < case
    when $2::text is null then 9223372036854775807
    else (select number from trail_entry where institution_id = $1 and id = $2)
  end
  and ($4::text is null or actor = $4)
  and ($5::text is null or starts_with(action, $5))
  and ($6::timestamptz is null or at >= $6)
  and ($7::timestamptz is null or at < $7)
order by number desc
limit $3
