import { useEffect, useState, type ReactElement } from 'react'
import { Icon } from '../../ui/icons.tsx'
import { useText } from '../text.ts'
import type { ExceptionView } from '../types.ts'
import { ageOf, urgency } from './ages.ts'

const EVERY_MS = 10_000

/** How long an exception has been open; it grows as one looks. */
export function AgeTag({ of }: { of: ExceptionView }): ReactElement {
  const t = useText()
  const isOpen = of.state === 'open'
  const now = useNow(isOpen)
  const end = of.resolved_at === null ? now : Date.parse(of.resolved_at)
  const seconds = Math.max(0, Math.floor((end - Date.parse(of.opened_at)) / 1000))
  const { unit, count } = ageOf(seconds)
  const how = isOpen ? urgency(seconds) : 'fresh'
  return (
    <span className={`ct-age ct-age-${how}`}>
      {how !== 'fresh' && <Icon name="warning" size={14} />}
      {t(`exceptions.age_${unit}`, { count })}
    </span>
  )
}

function useNow(isRunning: boolean): number {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    if (!isRunning) return
    const timer = setInterval(() => setNow(Date.now()), EVERY_MS)
    return () => clearInterval(timer)
  }, [isRunning])
  return now
}
