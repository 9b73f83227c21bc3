import type { Payer } from '../../ui/types.ts'

/** A payer as the operator sees one. */
export type PayerDetail = Payer & {
  /** Days on which offline codes were tried with a wrong time code, the newest first. */
  wrong_codes: { business_date: string; wrong_tries: number; is_alarm: boolean }[]
}

/** A phone or browser of a payer's that may show codes without a network. */
export type PayerDevice = {
  object: 'device'
  id: string
  number: string
  name: string
  platform: string
  state: 'active' | 'frozen' | 'revoked'
  /** How much our clock was ahead of the device's at the last top-up. */
  clock_offset_ms: number | null
  created_at: string
  last_seen_at: string | null
}
