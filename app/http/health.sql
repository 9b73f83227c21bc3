-- name: schema_version
-- How far the schema has been migrated.
select coalesce(max(version), 0) as version from schema_migration
