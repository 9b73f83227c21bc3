import { useEffect, useRef, type ReactElement, type ReactNode } from 'react'
import { Icon } from '../../ui/icons.tsx'
import { Link } from '../router.ts'
import { useWords } from '../text.ts'

type PageProps = { title: string; back?: string; actions?: ReactNode; children: ReactNode }

/** A screen with a heading. The heading takes the focus, so that a reader hears where they are. */
export function Page({ title, back, actions, children }: PageProps): ReactElement {
  const t = useWords()
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    document.title = `${title} · OneTill`
    const screen = heading.current?.closest('main')
    // Unless something on this screen has taken it already, as the PIN does.
    if (!screen?.contains(document.activeElement)) heading.current?.focus({ preventScroll: true })
  }, [title])
  return (
    <main className="page">
      <header className="page-head">
        {back !== undefined && (
          <Link to={back} className="icon-button" aria-label={t('action.back')}>
            <Icon name="back" />
          </Link>
        )}
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {actions}
      </header>
      {children}
    </main>
  )
}
