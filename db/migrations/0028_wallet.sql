-- 0028 wallet: the keys with other institutions change with an overlap (P14).

-- The key before is believed for a while beside the new one; the next key that our answers are signed
-- with is shown to the other institution before it is used.
alter table peer_institution
  add column old_public_key text,             -- Ed25519, PEM: what it signed with before
  add column old_key_until timestamptz,       -- until when it is believed
  add column next_answer_key text,            -- Ed25519, PEM: the public half, for the other institution
  add column sealed_next_key bytea,           -- the private half, AES-256-GCM under the master key
  add constraint peer_old_key check ((old_public_key is null) = (old_key_until is null)),
  add constraint peer_next_key check ((next_answer_key is null) = (sealed_next_key is null));
