import type { Position, Terminal } from '../../ui/types.ts'

export type Hours = { days: number[]; from: string; until: string }
export type FenceAction = 'refuse' | 'flag' | 'ask'

/** What one level says of a terminal; null: nothing. Amounts in minor units. */
export type PermissionTerms = {
  may_take_payment: boolean | null
  may_refund: boolean | null
  may_reverse: boolean | null
  limit_per_payment: number | null
  limit_per_day: number | null
  hours: Hours[] | null
  schemes: string[] | null
  fence_radius_m: number | null
  fence_action: FenceAction | null
  is_locked: boolean
}

export type Scope = 'merchant' | 'store' | 'terminal'

/** The permission of a merchant, a store or a terminal, as its own level says it. */
export type Permission = PermissionTerms & {
  object: 'permission'
  scope: Scope
  subject: string
  reason: string | null
  updated_by: string | null
  updated_at: string | null
}

export type MeasuredPosition = Position & {
  measured_at?: string | null
  is_mock?: boolean
  distance_m?: number | null
  flags?: string[]
}

/** A terminal with all that the back office knows of it. */
export type TerminalDetail = Omit<Terminal, 'position'> & {
  is_online: boolean
  app_version: string | null
  permission: {
    own: PermissionTerms
    effective: PermissionTerms
    from: Partial<Record<keyof PermissionTerms, Scope>>
  }
  configuration: { wanted_version: string; applied_version: string | null }
  position: MeasuredPosition | null
}

/** One thing that happened to a terminal. */
export type HistoryEntry = {
  at: string
  kind: string
  actor: string | null
  detail: Record<string, unknown>
  reason: string | null
}

export type PastPosition = MeasuredPosition & { measured_at: string }
