-- 0029 institution: with which root the hashes and aliases of its data were made, so that another one is noticed.
alter table institution
  add column root_mark bytea; -- a keyed hash under the pepper; null until the next start
