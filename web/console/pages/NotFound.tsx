import { Link } from '@tanstack/react-router'
import type { ReactElement } from 'react'
import { EmptyState } from '../parts/ListStates.tsx'
import { useText } from '../text.ts'

/** An address that leads nowhere. */
export function NotFound(): ReactElement {
  const t = useText()
  return (
    <EmptyState
      title={t('shell.not_found')}
      detail={t('shell.not_found_detail')}
      action={<Link to="/">{t('shell.to_overview')}</Link>}
    />
  )
}

/** A page that exists, though not for this person. */
export function NotYours(): ReactElement {
  const t = useText()
  return (
    <EmptyState
      title={t('shell.not_yours')}
      detail={t('shell.not_yours_detail')}
      action={<Link to="/">{t('shell.to_overview')}</Link>}
    />
  )
}
