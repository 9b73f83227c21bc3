import { Button } from 'antd'
import type { ReactElement, ReactNode } from 'react'
import { asProblem } from '../../ui/api.ts'
import { problemText } from '../../ui/i18n.tsx'
import { Icon } from '../../ui/icons.tsx'
import { useText } from '../text.ts'
import { CopyId } from './CopyId.tsx'

/** What failed in words, a way to try again, and the number that support asks for. */
export function ErrorState({
  error,
  onRetry,
}: {
  error: unknown
  onRetry: () => void
}): ReactElement {
  const t = useText()
  const { requestId } = asProblem(error)
  return (
    <div className="ct-state" role="alert" data-testid="error-state">
      <Icon name="warning" size={28} className="ct-state-bad" />
      <strong>{t('list.error')}</strong>
      <p>{problemText(error)}</p>
      <Button type="primary" onClick={onRetry}>
        {t('list.retry')}
      </Button>
      {requestId && (
        <p className="ct-small">
          {t('list.request_id')} <CopyId id={requestId} what={t('list.request_id')} />
        </p>
      )}
    </div>
  )
}

/** What is not there yet, why, and the one thing to do about it. */
export function EmptyState(props: {
  title: string
  detail?: string
  action?: ReactNode
}): ReactElement {
  return (
    <div className="ct-state" data-testid="empty-state">
      <strong>{props.title}</strong>
      {props.detail && <p>{props.detail}</p>}
      {props.action}
    </div>
  )
}

/** Nothing matches the filters: said apart from having nothing at all. */
export function FilteredEmpty(props: { onClear: () => void; action?: ReactNode }): ReactElement {
  const t = useText()
  return (
    <EmptyState
      title={t('list.empty_filtered')}
      action={
        <div className="ct-actions">
          <Button onClick={props.onClear}>{t('list.clear_filters')}</Button>
          {props.action}
        </div>
      }
    />
  )
}

/** Grey bars in the place of rows, so that nothing jumps when the rows come. */
export function Bars({ rows = 6, columns = 4 }: { rows?: number; columns?: number }): ReactElement {
  const t = useText()
  return (
    <div className="ct-bars" role="status" aria-label={t('list.loading')}>
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} className="ct-bars-row">
          {Array.from({ length: columns }, (_, column) => (
            <i key={column} style={{ width: `${52 + ((row * 7 + column * 13) % 40)}%` }} />
          ))}
        </div>
      ))}
    </div>
  )
}

/** Takes all filters away. */
export function ClearFilters({ onClear }: { onClear: () => void }): ReactElement {
  const t = useText()
  return (
    <Button type="link" size="small" onClick={onClear} data-testid="clear-filters">
      {t('list.clear_filters')}
    </Button>
  )
}
