import type { ReactElement } from 'react'
import type { RefundView } from '../../ui/payment-types.ts'
import type { List } from '../../ui/types.ts'
import { useForget, useOne } from '../resources.ts'
import { useEvents } from '../stream.tsx'
import { useText } from '../text.ts'
import type { ExceptionView } from '../types.ts'

// The list is read by pages of this many; more than that is told as "more than".
const MOST = 100

/** How many exceptions wait for a person, beside their page in the navigation; nothing when none. */
export function ExceptionsBadge(): ReactElement | null {
  const forget = useForget()
  const open = useOne<List<ExceptionView>>('/v1/exceptions', { state: 'open', limit: MOST }, 60_000)
  useEvents((event) => {
    if (event.type.startsWith('exception.')) void forget('/v1/exceptions')
  })
  const count = open.data?.data.length ?? 0
  return <Badge name="exceptions" count={count} isMore={open.data?.has_more === true} />
}

/** How many refunds wait for a second person. */
export function RefundsBadge(): ReactElement | null {
  const forget = useForget()
  const query = { state: 'processing', limit: MOST }
  const open = useOne<List<RefundView>>('/v1/refunds', query, 60_000)
  useEvents((event) => {
    if (event.type.startsWith('refund.')) void forget('/v1/refunds')
  })
  const waiting = (open.data?.data ?? []).filter((one) => one.next_action === 'second_approval')
  return <Badge name="refunds" count={waiting.length} isMore={open.data?.has_more === true} />
}

type BadgeProps = { name: 'exceptions' | 'refunds'; count: number; isMore: boolean }

function Badge({ name, count, isMore }: BadgeProps): ReactElement | null {
  const t = useText()
  if (count === 0) return null
  return (
    <em className="ct-nav-badge" data-testid={`${name}-badge`}>
      {isMore ? `${count}+` : count}
      <span className="ot-hidden"> {t(`${name}.badge`)}</span>
    </em>
  )
}
