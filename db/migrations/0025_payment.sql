-- 0025 payment: where it happened, as judged, and whether its code was made offline (P8, P21).

-- What decides which limits of the day a payment counts in besides the sum.
alter table payment
  add column needs_pin boolean not null default false,   -- it was charged with the payer's PIN only
  add column is_offline boolean not null default false;  -- by a code made without a network

-- Where it happened, as judged when it was taken.
alter table payment
  add column position_flags text,             -- outside_fence, jump, … by spaces; null: nothing is odd
  add column position_distance_m int;         -- from the store
