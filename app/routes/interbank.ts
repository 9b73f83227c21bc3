import { Type } from 'typebox'

import { AppError } from '../../modules/errors/errors.ts'
import { isCurrency } from '../../modules/money/money.ts'
import {
  chargePayer,
  readDebitOfCharge,
  readDebitRefunds,
  refundDebit,
  reverseDebit,
} from '../../modules/wallet/wallet.ts'
import type { App } from '../http/http.ts'
import { guardPeers, peerOf } from '../http/peers.ts'
import { Amount, Body, CurrencyCode, found, Text } from '../schemas/shared.ts'
import {
  InterbankChargeView,
  InterbankRefundView,
  showInterbankCharge,
  showInterbankRefund,
} from '../schemas/wallet-debit.ts'
import type { Context } from './routes.ts'

// Numbers of the other institution: its own kinds of id, so only their shape is looked at.
const Number_ = () => Type.String({ pattern: '^[0-9A-Za-z_-]{6,40}$' })
const ChargePath = Type.Object({ id: Number_() })
const RefundPath = Type.Object({ id: Number_(), refund: Number_() })

const description =
  'Signed by the other institution (RFC 9421, Ed25519) over method, path, content-digest and ' +
  'interbank-issuer; the answer is signed too.'

const ChargeBody = Body({
  charge: Type.String({
    pattern: '^[0-9A-Za-z_-]{6,40}$',
    examples: ['chg_01kaqb2m5vf7esx3d9w8r6t4yz'],
  }),
  payment_code: Type.String({ maxLength: 4096, description: 'What the till has scanned' }),
  amount: Amount(),
  currency: CurrencyCode(),
  description: Text(200, { description: 'What the payer reads: the merchant’s name' }),
  terminal: Text(64),
  store: Text(64),
})

/**
 * What other institutions ask of the wallets here: their merchants have scanned the codes of our
 * payers. The same request again, signed anew, answers the same.
 *
 * Source: P2, P14; DESIGN §4, §10.
 */
export function interbankRoutes(app: App, { io }: Context): void {
  void app.register((scope, _options, done) => {
    guardPeers(scope as App, io)
    chargeRoutes(scope as App, io)
    refundRoutes(scope as App, io)
    done()
  })
}

function chargeRoutes(app: App, io: Context['io']): void {
  const response = { 200: InterbankChargeView }
  app.post(
    '/v1/interbank/charges',
    {
      schema: {
        summary: 'Charge a payer of this institution',
        description,
        body: ChargeBody,
        response,
      },
      config: { refusals: ['SIGNATURE_WRONG', 'CURRENCY_NOT_SUPPORTED', 'IDEMPOTENCY_KEY_REUSED'] },
    },
    async (request) => {
      const { charge: chargeId, payment_code, amount, currency } = request.body
      if (!isCurrency(currency)) throw new AppError('CURRENCY_NOT_SUPPORTED')
      const debit = await chargePayer(io, {
        ...peerOf(request),
        ...{ chargeId, currency, scannedCode: payment_code, amountMinor: BigInt(amount) },
        ...{ merchantName: request.body.description, terminal: request.body.terminal },
      })
      return showInterbankCharge(debit)
    },
  )

  app.get(
    '/v1/interbank/charges/:id',
    {
      schema: {
        ...{ summary: 'How a charge stands', description, params: ChargePath, response },
      },
      config: { refusals: ['SIGNATURE_WRONG'] },
    },
    async (request) => {
      const { institutionId, peerId } = peerOf(request)
      const charge = { peerId, chargeId: request.params.id }
      return showInterbankCharge(found(await readDebitOfCharge(io.db, institutionId, charge)))
    },
  )

  app.post(
    '/v1/interbank/charges/:id/reverse',
    {
      schema: {
        summary: 'Undo a charge, whether or not it has come',
        description,
        params: ChargePath,
        body: Body({ amount: Amount() }),
        response,
      },
      config: { refusals: ['SIGNATURE_WRONG', 'PAYMENT_FINAL'] },
    },
    async (request) => {
      const amountMinor = BigInt(request.body.amount)
      const charge = { ...peerOf(request), chargeId: request.params.id, amountMinor }
      return showInterbankCharge(await reverseDebit(io, charge))
    },
  )
}

function refundRoutes(app: App, io: Context['io']): void {
  const response = { 200: InterbankRefundView }
  app.post(
    '/v1/interbank/charges/:id/refunds',
    {
      schema: {
        summary: 'Give a part of a charge back, or all of it',
        description,
        params: ChargePath,
        body: Body({ refund: Number_(), amount: Amount() }),
        response,
      },
      config: {
        refusals: [
          ...['SIGNATURE_WRONG', 'PAYMENT_NOT_REFUNDABLE', 'REFUND_TOO_LARGE'],
          'IDEMPOTENCY_KEY_REUSED',
        ],
      },
    },
    async (request) => {
      const { refund: refundId, amount } = request.body
      const wanted = { chargeId: request.params.id, refundId, amountMinor: BigInt(amount) }
      const { debit, refund } = await refundDebit(io, { ...peerOf(request), ...wanted })
      return showInterbankRefund(debit, refund)
    },
  )

  app.get(
    '/v1/interbank/charges/:id/refunds/:refund',
    {
      schema: {
        ...{ summary: 'How a refund stands', description, params: RefundPath, response },
      },
      config: { refusals: ['SIGNATURE_WRONG'] },
    },
    async (request) => {
      const { institutionId, peerId } = peerOf(request)
      const { id: chargeId, refund: refundId } = request.params
      const debit = found(await readDebitOfCharge(io.db, institutionId, { peerId, chargeId }))
      const refunds = await readDebitRefunds({ many: io.db.read }, institutionId, [debit.id])
      const refund = refunds.get(debit.id)?.find((one) => one.refundId === refundId)
      return showInterbankRefund(debit, found(refund))
    },
  )
}
