-- 0004 goods: products, stock, and sales with their lines.
--
-- A sale gathers the tenders that pay for one basket. Its row exists when goods or a sale number
-- were given; a payment without either is its own sale. Stock moves once, when the sale is paid.

create table product (
  institution_id text not null,
  id text not null,                           -- prd_…
  merchant_id text not null,
  sku text not null,
  name text not null,
  name_en text,
  category text,
  barcode text,
  price_minor bigint not null check (price_minor >= 0),
  currency char(3) not null,
  stock_quantity bigint,                      -- null: not counted; may sink below zero
  state text not null default 'active' check (state in ('active', 'closed')),
  created_at timestamptz not null,
  primary key (institution_id, id),
  constraint product_sku unique (institution_id, merchant_id, sku)
);

create index product_by_merchant on product (institution_id, merchant_id, id);
create unique index product_barcode on product (institution_id, merchant_id, barcode) where state = 'active';

create table sale (
  institution_id text not null,
  merchant_id text not null,
  sale_no text not null,
  total_minor bigint check (total_minor >= 0), -- of the goods lines; null: no goods were named
  paid_minor bigint not null default 0 check (paid_minor >= 0),
  currency char(3) not null,
  state text not null default 'open' check (state in ('open', 'paid')),
  created_at timestamptz not null,
  paid_at timestamptz,
  primary key (institution_id, merchant_id, sale_no),
  constraint sale_overpaid check (total_minor is null or paid_minor <= total_minor)
);

create table sale_line (
  institution_id text not null,
  merchant_id text not null,
  sale_no text not null,
  line_no int not null,
  sku text not null,
  name text not null,
  quantity bigint not null check (quantity > 0),
  unit_price_minor bigint not null check (unit_price_minor >= 0),
  primary key (institution_id, merchant_id, sale_no, line_no)
);

create table stock_movement (
  institution_id text not null,
  product_id text not null,
  subject_id text not null,                   -- merchant/sale_no, or the person's correction
  quantity bigint not null,                   -- negative: out
  recorded_at timestamptz not null,
  primary key (institution_id, product_id, subject_id)
);
