-- name: lock_seen
-- Takes the rows that are about to be touched, in key order. Answers what was odd about their places.
select id, position_flags
from terminal
where institution_id = $1 and id = any ($2::text[])
order by id
for no key update

-- name: write_seen
-- When and where terminals were last seen. A terminal that gave no position keeps the last one; what a
-- heartbeat says of the program is kept until the next one.
update terminal t
set last_seen_at = greatest(t.last_seen_at, s.seen_at),
  heartbeat_at = greatest(t.heartbeat_at, s.heartbeat_at),
  app_version = coalesce(s.app_version, t.app_version),
  configuration_version = coalesce(s.configuration_version, t.configuration_version),
  latitude = coalesce(s.latitude, t.latitude),
  longitude = coalesce(s.longitude, t.longitude),
  accuracy_m = case when s.latitude is null then t.accuracy_m else s.accuracy_m end,
  position_at = case when s.latitude is null then t.position_at else s.position_at end,
  is_mock = case when s.latitude is null then t.is_mock else s.is_mock end,
  position_distance_m = case when s.latitude is null then t.position_distance_m else s.distance_m end,
  position_flags = s.flags
from unnest($2::text[], $3::timestamptz[], $4::timestamptz[], $5::text[], $6::text[], $7::float8[], $8::float8[],
  $9::float8[], $10::timestamptz[], $11::boolean[], $12::int[], $13::text[])
  as s (id, seen_at, heartbeat_at, app_version, configuration_version, latitude, longitude, accuracy_m,
  position_at, is_mock, distance_m, flags)
where t.institution_id = $1 and t.id = s.id

-- name: put_positions
-- Where terminals were, for whoever looks back.
insert into terminal_position (institution_id, terminal_id, seen_at, measured_at, latitude, longitude, accuracy_m,
  is_mock, flags, distance_m, source)
select $1, p.terminal_id, p.seen_at, p.measured_at, p.latitude, p.longitude, p.accuracy_m, p.is_mock, p.flags,
  p.distance_m, p.source
from unnest($2::text[], $3::timestamptz[], $4::timestamptz[], $5::float8[], $6::float8[], $7::float8[],
  $8::boolean[], $9::text[], $10::int[], $11::text[])
  as p (terminal_id, seen_at, measured_at, latitude, longitude, accuracy_m, is_mock, flags, distance_m, source)
order by p.terminal_id, p.seen_at
on conflict (institution_id, terminal_id, seen_at) do nothing

-- name: read_positions
-- Where terminal $2 was between $3 and $4, the newest first.
select seen_at, measured_at, latitude, longitude, accuracy_m, is_mock, flags, distance_m, source
from terminal_position
where institution_id = $1 and terminal_id = $2 and seen_at >= $3 and seen_at < $4
order by seen_at desc
limit $5

-- name: purge_positions
-- Forgets where terminals were before $2.
delete from terminal_position where institution_id = $1 and seen_at < $2
