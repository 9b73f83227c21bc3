import type { ReactElement } from 'react'
import { useTranslation } from 'react-i18next'
import { formatDate, formatDateTime, formatTime, isoDay } from '../../ui/i18n.tsx'
import { useZone } from '../session.tsx'

/** A moment in the institution's zone: the time alone when it was today, else with its day. */
export function When({ at, full }: { at: string; full?: boolean }): ReactElement {
  const zone = useZone()
  // Read for the language, so that a change of it renders the time again.
  useTranslation()
  const isToday = isoDay(at, zone) === isoDay(Date.now(), zone)
  const short = isToday ? formatTime(at, zone) : formatDateTime(at, zone)
  return (
    <time dateTime={at} title={`${formatDateTime(at, zone)} ${zone}`} className="ct-when">
      {full ? formatDateTime(at, zone) : short}
    </time>
  )
}

/** A day of the institution's zone. */
export function Day({ at }: { at: string }): ReactElement {
  const zone = useZone()
  useTranslation()
  return (
    <time dateTime={at} title={formatDateTime(at, zone)} className="ct-when">
      {formatDate(at, zone)}
    </time>
  )
}
