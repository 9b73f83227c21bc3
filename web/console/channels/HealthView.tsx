import { useEffect, type ReactElement } from 'react'
import { Standing } from '../parts/Standing.tsx'
import { useForget } from '../resources.ts'
import { useEvents } from '../stream.tsx'
import { useText, useWord } from '../text.ts'
import type { ChannelAccount, Health } from '../types.ts'

// The figures of the last minute move by themselves; the state is told by an event at once.
const FIGURES_EVERY_MS = 5_000

/** Keeps what is shown of channel accounts fresh: their health by its event, figures by looking. */
export function useLiveHealth(): void {
  const forget = useForget()
  useEvents((event) => {
    if (event.type === 'channel.health_changed') void forget('/v1/channel_accounts')
  })
  useEffect(() => {
    const timer = setInterval(() => {
      if (!document.hidden) void forget('/v1/channel_accounts')
    }, FIGURES_EVERY_MS)
    return () => clearInterval(timer)
  })
}

/** How a channel answers: colour, icon and word. One that is not open has no health. */
export function HealthTag({ account }: { account: ChannelAccount }): ReactElement {
  const { health, state } = account
  if (!health || state === 'closed') return <span className="ct-muted">–</span>
  return (
    <span data-testid="health" data-health={health.state}>
      <Standing group="channels.health_" word={health.state} />
    </span>
  )
}

/** The last minute in one line: a bar of what was answered and what was not, and the median. */
export function LastMinute({ health }: { health: Health | null }): ReactElement {
  const t = useText()
  if (!health || health.recent.calls === 0) {
    return <span className="ct-muted">{t('channels.no_calls')}</span>
  }
  const { calls, ill, p50_ms } = health.recent
  return (
    <span className="ct-last-minute">
      <span className="ct-share" aria-hidden>
        <i className="ct-share-good" style={{ flexGrow: calls - ill }} />
        <i className="ct-share-bad" style={{ flexGrow: ill }} />
      </span>
      <span>
        {t('channels.calls', { count: calls })}
        {ill > 0 && <strong className="ct-bad"> {t('channels.ill', { count: ill })}</strong>} ·{' '}
        {p50_ms} ms
      </span>
    </span>
  )
}

/** What a channel last complained about, or what a test found, in words. */
export function useProblemText(): (problem: string | null) => string {
  const t = useText()
  const word = useWord()
  return (problem) => {
    if (problem === null) return '–'
    const status = /^HTTP_(\d+)$/.exec(problem)?.[1]
    if (status) return t('channels.problem_http', { status })
    const known = word('channels.problem_', problem)
    return known === problem ? t('channels.problem_other', { problem }) : known
  }
}
