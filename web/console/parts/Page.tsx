import { useEffect, type ReactElement, type ReactNode } from 'react'
import { isOperator, usePrincipal } from '../session.tsx'
import { useText } from '../text.ts'

export type PageProps = {
  title: string
  /** What stands beside the title: a state, an amount, a day. */
  beside?: ReactNode
  actions?: ReactNode
  children: ReactNode
}

/** A page with its title, whose figures it shows, and what can be done on it. */
export function Page({ title, beside, actions, children }: PageProps): ReactElement {
  const t = useText()
  const principal = usePrincipal()
  const scope = isOperator(principal)
    ? t('shell.scope_all', { institution: principal.institution.name })
    : t('shell.scope_merchant', { merchant: principal.merchant?.name ?? '' })

  useEffect(() => {
    document.title = `${title} · OneTill`
  }, [title])

  return (
    <div className="ct-page">
      <div className="ct-page-head">
        <div>
          <h1>
            {title}
            {beside}
          </h1>
          <p className="ct-scope">{scope}</p>
        </div>
        {actions && <div className="ct-actions">{actions}</div>}
      </div>
      {children}
    </div>
  )
}

/** A framed part of a page with a heading of its own. */
export function Panel(props: {
  title: string
  aside?: ReactNode
  children: ReactNode
  flush?: boolean
}): ReactElement {
  return (
    <section className={`ct-panel ${props.flush ? 'ct-panel-flush' : ''}`}>
      <div className="ct-panel-head">
        <h2>{props.title}</h2>
        {props.aside}
      </div>
      <div className="ct-panel-body">{props.children}</div>
    </section>
  )
}
