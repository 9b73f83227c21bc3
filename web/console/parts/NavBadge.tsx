import type { ReactElement } from 'react'
import type { List } from '../../ui/types.ts'
import { useForget, useOne } from '../resources.ts'
import { useEvents } from '../stream.tsx'
import { useText } from '../text.ts'
import type { ExceptionView } from '../types.ts'

// The list is read by pages of this many; more than that is told as "more than".
const MOST = 100

/** How many exceptions wait for a person, beside their page in the navigation; nothing when none. */
export function ExceptionsBadge(): ReactElement | null {
  const t = useText()
  const forget = useForget()
  const open = useOne<List<ExceptionView>>('/v1/exceptions', { state: 'open', limit: MOST }, 60_000)
  useEvents((event) => {
    if (event.type.startsWith('exception.')) void forget('/v1/exceptions')
  })
  const count = open.data?.data.length ?? 0
  if (count === 0) return null
  const shown = open.data?.has_more ? `${MOST}+` : String(count)
  return (
    <em className="ct-nav-badge" data-testid="exceptions-badge">
      {shown}
      <span className="ot-hidden"> {t('exceptions.badge')}</span>
    </em>
  )
}
