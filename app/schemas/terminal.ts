import { Type } from 'typebox'

import type { Terminal } from '../../modules/terminal/terminal.ts'
import { LARGEST_AMOUNT, orNull, Time, Words } from './shared.ts'

const fields = {
  object: Type.Literal('terminal'),
  id: Type.String({ examples: ['trm_01kaqb2m5vf7esx3d9w8r6t4yz'] }),
  name: Type.String({ examples: ['1 号收银台'] }),
  store: Type.String({ examples: ['str_01kaqb2m5vf7esx3d9w8r6t4yz'] }),
  merchant: Type.String({ examples: ['mch_01kaqb2m5vf7esx3d9w8r6t4yz'] }),
  state: Words(['new', 'active', 'locked']),
  may_take_payment: Type.Boolean(),
  may_refund: Type.Boolean(),
  limit_per_payment: orNull(Type.Integer({ minimum: 1, maximum: LARGEST_AMOUNT })),
  last_seen_at: orNull(Time()),
  position: orNull(
    Type.Object({
      latitude: Type.Number(),
      longitude: Type.Number(),
      accuracy_m: orNull(Type.Number()),
    }),
  ),
}

/** A terminal as the API shows it. */
export const TerminalView = Type.Object(fields, { title: 'Terminal' })

/** The same with an activation code, which is shown once. */
export const TerminalWithCode = Type.Object(
  {
    ...fields,
    activation_code: Type.String({ description: 'Shown this once', examples: ['7K3M-Q0XZ-demo'] }),
    activation_expires_at: Time(),
  },
  { title: 'TerminalWithCode' },
)

/** A terminal as the API shows it. Amounts in minor units. */
export const showTerminal = (terminal: Terminal) => ({
  object: 'terminal' as const,
  id: terminal.id,
  name: terminal.name,
  store: terminal.storeId,
  merchant: terminal.merchantId,
  state: terminal.state,
  may_take_payment: terminal.mayTakePayment,
  may_refund: terminal.mayRefund,
  limit_per_payment:
    terminal.limitPerPaymentMinor === null ? null : Number(terminal.limitPerPaymentMinor),
  last_seen_at: terminal.lastSeenAt?.toISOString() ?? null,
  position: terminal.position && {
    latitude: terminal.position.latitude,
    longitude: terminal.position.longitude,
    accuracy_m: terminal.position.accuracyM,
  },
})
