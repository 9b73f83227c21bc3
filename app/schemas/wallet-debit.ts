import { Type } from 'typebox'

import { declineReasons, type DeclineReason } from '../../modules/errors/errors.ts'
import type { DebitRefund, WalletDebit } from '../../modules/wallet/wallet.ts'
import { Amount, CurrencyCode, orNull, Time, Words } from './shared.ts'

const states = ['waiting', 'succeeded', 'failed', 'reversed'] as const

const Reason = () =>
  orNull(
    Type.String({
      description: `One of ${Object.keys(declineReasons).join(', ')}`,
      examples: ['insufficient_funds'],
    }),
  )

/** What another institution has taken from a payer, as the payer sees it. */
export const WalletDebitView = Type.Object(
  {
    object: Type.Literal('wallet_debit'),
    id: Type.String({ examples: ['wdb_01kaqb2m5vf7esx3d9w8r6t4yz'] }),
    state: Words(states, { description: '`waiting`: for my PIN' }),
    amount: Amount(),
    refunded: Type.Integer({ minimum: 0, description: 'What was given back of it' }),
    currency: CurrencyCode(),
    merchant_name: Type.String(),
    acquirer: Type.String({
      description: 'The institution of the merchant',
      examples: ['ins_demo'],
    }),
    payment_code: orNull(Type.String({ examples: ['80…56'] })),
    is_offline: Type.Boolean({ description: 'By a code that my phone made without a network' }),
    source: orNull(Type.String()),
    source_label: orNull(Type.String()),
    decline_reason: Reason(),
    created_at: Time(),
    confirm_expires_at: orNull(Time()),
    completed_at: orNull(Time()),
  },
  { title: 'WalletDebit' },
)

const time = (at: Date | null) => at?.toISOString() ?? null

/** Shows a debit to its payer. */
export const showWalletDebit = (debit: WalletDebit) => ({
  object: 'wallet_debit' as const,
  id: debit.id,
  state: debit.state,
  amount: Number(debit.amountMinor),
  refunded: Number(debit.refundedMinor),
  currency: debit.currency,
  merchant_name: debit.merchantName,
  acquirer: debit.peerId,
  payment_code: debit.maskedCode,
  is_offline: debit.isOffline,
  source: debit.sourceId,
  source_label: debit.sourceLabel,
  decline_reason: debit.declineReason,
  created_at: debit.createdAt.toISOString(),
  confirm_expires_at: time(debit.confirmExpiresAt),
  completed_at: time(debit.completedAt),
})

/** A charge as the two institutions speak of it. */
export const InterbankChargeView = Type.Object(
  {
    object: Type.Literal('interbank_charge'),
    charge: Type.String({ examples: ['chg_01kaqb2m5vf7esx3d9w8r6t4yz'] }),
    debit: Type.String({ examples: ['wdb_01kaqb2m5vf7esx3d9w8r6t4yz'] }),
    state: Words(states),
    amount: Amount(),
    currency: CurrencyCode(),
    payer: orNull(Type.String({ examples: ['李*'] })),
    decline_reason: Reason(),
    was_paid: Type.Boolean({ description: 'Money was taken, whether or not it was given back' }),
    refunded: Type.Integer({ minimum: 0 }),
    completed_at: orNull(Time()),
  },
  { title: 'InterbankCharge' },
)

/** Shows a debit to the institution that has charged it: of the payer no more than a till shows. */
export const showInterbankCharge = (debit: WalletDebit) => ({
  object: 'interbank_charge' as const,
  charge: debit.chargeId,
  debit: debit.id,
  state: debit.state,
  amount: Number(debit.amountMinor),
  currency: debit.currency,
  payer: debit.payerName === null ? null : `${[...debit.payerName][0] ?? ''}*`,
  decline_reason: debit.declineReason satisfies DeclineReason | null,
  was_paid: debit.legs > 0,
  refunded: Number(debit.refundedMinor),
  completed_at: time(debit.completedAt),
})

/** A refund as the two institutions speak of it. */
export const InterbankRefundView = Type.Object(
  {
    object: Type.Literal('interbank_refund'),
    refund: Type.String({ examples: ['rfd_01kaqb2m5vf7esx3d9w8r6t4yz'] }),
    charge: Type.String(),
    debit: Type.String(),
    state: Words(['succeeded']),
    amount: Amount(),
    currency: CurrencyCode(),
    completed_at: Time(),
  },
  { title: 'InterbankRefund' },
)

/** Shows what was given back of a charge. A refund happens at once, or not at all. */
export const showInterbankRefund = (debit: WalletDebit, refund: DebitRefund) => ({
  object: 'interbank_refund' as const,
  refund: refund.refundId,
  charge: debit.chargeId,
  debit: debit.id,
  state: 'succeeded' as const,
  amount: Number(refund.amountMinor),
  currency: debit.currency,
  completed_at: refund.createdAt.toISOString(),
})
