-- What the running program may do. Applied after every migration; the program runs as
-- onetill_app (set role), which can add to the books and cannot rewrite them.

grant select, insert, update, delete on all tables in schema public to onetill_app;
revoke update, delete on ledger_transfer, payment_transition, trail_entry, allocation_rule, allocation_line, sale_line, stock_movement from onetill_app;
revoke delete on ledger_account, payment, payment_code, limit_counter, institution, merchant, store, terminal, payer, source, mandate, person, party, notice, sale from onetill_app;
revoke update on ledger_account from onetill_app;
grant update (debits_posted_minor, credits_posted_minor, debits_pending_minor, credits_pending_minor) on ledger_account to onetill_app;
revoke insert, update, delete on schema_migration from onetill_app;
grant delete on payment_code to onetill_app; -- codes long expired are purged
revoke delete on exception, refund from onetill_app; -- what was decided and given back stays
revoke update, delete on route_rule from onetill_app;
grant update (valid_until) on route_rule to onetill_app; -- a rule is ended, never changed
revoke delete on quota_counter, route_version from onetill_app;
revoke delete on setting_version, system_setting_version from onetill_app;
revoke update, delete on setting_change from onetill_app; -- who changed what stays
revoke delete on merchant_code, static_counter, order_showing from onetill_app;
revoke delete on channel_account, channel_version from onetill_app; -- an account is closed, never gone
revoke update, delete on wallet_debit_refund from onetill_app;
revoke delete on wallet_debit, peer_institution, source_link from onetill_app;
revoke delete on payer_device, device_counter from onetill_app; -- a device is revoked, and its number never given out again
revoke delete on news, subscription, feedback from onetill_app; -- who has left stays left
