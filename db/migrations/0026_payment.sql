-- 0026 payment: the list of open payments is for tills. Only who names the terminal may use it: of a
-- small table the planner would also take it for what goes by the payment's id, and read all of it.

drop index payment_open;
create index payment_open on payment (institution_id, terminal_id, id)
  where state = 'processing' and terminal_id is not null;
