import type { ReactElement, ReactNode } from 'react'
import type { Problem } from '../../ui/api.ts'
import { problemText } from '../../ui/i18n.tsx'
import { Icon, type IconName } from '../../ui/icons.tsx'
import { useWords } from '../text.ts'

/** Grey rows in the place of what is being read. */
export function Skeleton({ rows }: { rows: number }): ReactElement {
  const t = useWords()
  return (
    <div className="skeleton" role="status" aria-label={t('common.loading')}>
      {Array.from({ length: rows }, (_, place) => (
        <span key={place} />
      ))}
    </div>
  )
}

type EmptyProps = { icon: IconName; text: string; children?: ReactNode }

/** Nothing is there yet, and what to do about it. */
export function Empty({ icon, text, children }: EmptyProps): ReactElement {
  return (
    <div className="empty">
      <Icon name={icon} size={40} />
      <p>{text}</p>
      {children}
    </div>
  )
}

type FailedProps = { problem: Problem; onRetry: () => void }

/** Reading failed: why, the number to tell support, and the way to try again. */
export function Failed({ problem, onRetry }: FailedProps): ReactElement {
  const t = useWords()
  return (
    <div className="empty" role="alert">
      <Icon name={problem.isUnanswered ? 'offline' : 'warning'} size={40} />
      <p>{problemText(problem)}</p>
      {problem.requestId && (
        <p className="small">
          {t('common.request_id')} <span className="ot-mono">{problem.requestId}</span>
        </p>
      )}
      <button type="button" className="button" onClick={onRetry}>
        {t('action.retry')}
      </button>
    </div>
  )
}
