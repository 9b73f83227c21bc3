import { Type } from 'typebox'

import type { Payment, Ready } from '../../modules/payment/payment.ts'
import { merchantToken } from '../../modules/paycode/paycode.ts'
import { addressOf, emvcoOrder } from '../http/merchant-shown.ts'
import type { Principal } from '../http/principal.ts'
import { PaymentBody, PaymentView, showPayment } from './payment.ts'
import { Amount, Body, CurrencyCode, IdText, orNull, Text, Time, Words } from './shared.ts'
import { Pin } from '../routes/payers.ts'

const { currency, order_no, sale_no, goods, position, position_confirmed, merchant, store } =
  PaymentBody.properties

// What the amount of an EMVCo code holds, 13 characters: 9999999999.99.
// Source: EMVCo QRCPS Merchant-Presented Mode v1.1, ID 54.
const LARGEST_SHOWN = 10 ** 12 - 1

export const ways = ['qr', 'h5', 'app', 'jsapi'] as const
export const schemes = ['wechat', 'alipay', 'unionpay'] as const

/** POST /v1/orders. */
export const OrderBody = Body({
  amount: Amount({ maximum: LARGEST_SHOWN, description: 'In minor units' }),
  ...{ currency, order_no, sale_no, goods, position, position_confirmed, merchant, store },
  way: Type.Optional(
    Words(ways, {
      description:
        '`qr` (the default): a code to draw. `h5`, `app`, `jsapi`: what a page, an app or a page in ' +
        'WeChat or Alipay needs to start that one scheme',
    }),
  ),
  scheme: Type.Optional(
    Words(schemes, {
      description: 'Only this scheme; left out, one code is for every wallet',
    }),
  ),
  payer_ref: Type.Optional(Text(128, { description: 'jsapi: openid, or Alipay’s user id' })),
  return_url: Type.Optional(
    Type.String({
      pattern: '^https?://[^\\s]+$',
      maxLength: 500,
      description: 'h5: where the scheme sends the payer’s browser afterwards',
    }),
  ),
  expires_in_seconds: Type.Optional(
    Type.Integer({ minimum: 90, maximum: 7_200, default: 300, examples: [300] }),
  ),
})

/** How an order is shown. */
const ShownView = Type.Object(
  {
    token: Type.String({ examples: ['o_demo_01kaqb2m5vf7esx3d9w8r6t4yz'] }),
    url: Type.String({
      description: 'The cashier page',
      examples: ['https://pay.example.com/c/o_demo_01kaqb2m5vf7esx3d9w8r6t4yz'],
    }),
    qr_text: Type.String({ description: 'What the QR code says' }),
    emvco_text: Type.String({ description: 'The same as an EMVCo merchant-presented code' }),
    expires_at: Time(),
    way: Words(ways),
    scheme: orNull(Words(schemes)),
    redirect: orNull(Type.String({ description: 'h5: go there' })),
    form: orNull(
      Type.Object({
        action: Type.String(),
        fields: Type.Record(Type.String(), Type.String()),
      }),
    ),
    sdk: Type.Unsafe<unknown>({
      description: 'app, jsapi: signed, for the scheme’s SDK; a text or an object',
    }),
  },
  { title: 'ShownOrder' },
)

/** A payment that waits for whoever scans it, and what to show for it. */
export const OrderView = Type.Object(
  { ...PaymentView.properties, order: ShownView },
  { title: 'OrderPayment' },
)

export type Shown = {
  publicUrl: string
  way: (typeof ways)[number]
  scheme: (typeof schemes)[number] | null
  /** What the scheme wants shown; null where our own address is shown. */
  ready: Ready | null
}

/** An order as its merchant sees it. */
export function showOrder(
  payment: Payment,
  principal: Principal,
  { publicUrl, way, scheme, ready }: Shown,
) {
  const { institutionId, id, confirmExpiresAt, createdAt } = payment
  const url = addressOf(publicUrl, { institutionId, id })
  return {
    ...showPayment(payment, principal),
    order: {
      token: merchantToken(institutionId, id),
      ...{ url, qr_text: ready?.qrText ?? url, emvco_text: emvcoOrder(payment) },
      expires_at: (confirmExpiresAt ?? createdAt).toISOString(),
      ...{ way, scheme, redirect: ready?.url ?? null, sdk: ready?.sdk ?? null },
      form: ready?.form ? { action: ready.form.action, fields: { ...ready.form.fields } } : null,
    },
  }
}

/** POST /v1/orders/{token}/pay. */
export const OrderPayBody = Body({
  amount: Type.Optional(Amount({ description: 'For a code on the wall' })),
  source: Type.Optional(IdText('src', { description: 'Left out: the chosen one' })),
  pin: Type.Optional(Pin),
})

export const TokenPath = Type.Object({
  token: Type.String({ pattern: '^[om]_[a-z0-9]{1,16}_[0-9a-z]{26}$' }),
})

/** What a wallet shows before it pays a code that a merchant shows. */
export const ScannedView = Type.Object(
  {
    object: Type.Literal('merchant_order'),
    token: Type.String(),
    kind: Words(['order', 'static']),
    state: Words(['open', 'paid', 'closed']),
    merchant: Type.String({ examples: ['mch_01kaqb2m5vf7esx3d9w8r6t4yz'] }),
    merchant_name: Type.String(),
    store_name: orNull(Type.String()),
    name: orNull(Type.String({ description: 'What stands under a code on the wall' })),
    amount: orNull(Type.Integer({ description: 'Null: the payer says how much' })),
    currency: CurrencyCode(),
    expires_at: orNull(Time()),
    pin_above: Type.Integer({ description: 'More than this needs the payer’s PIN' }),
    payment: orNull(Type.String({ description: 'Set when it is this payer’s' })),
  },
  { title: 'MerchantOrder' },
)
