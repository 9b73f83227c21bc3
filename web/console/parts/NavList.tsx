import { Link, useLocation } from '@tanstack/react-router'
import { createElement, type ReactElement } from 'react'
import { navFor } from '../nav.ts'
import { useText } from '../text.ts'
import { ExceptionsBadge, RefundsBadge } from './NavBadge.tsx'

/** The pages this person has, in groups; the open one is marked. */
export function NavList({ operator }: { operator: boolean }): ReactElement {
  const t = useText()
  const first = `/${
    useLocation()
      .pathname.replace(/^\/console/, '')
      .split('/')[1] ?? ''
  }`
  return (
    <nav className="ct-nav" aria-label={t('nav.label')}>
      {navFor(operator).map((group) => (
        <div key={group.text} className="ct-nav-group">
          <h2>{t(group.text)}</h2>
          <ul>
            {group.entries.map((entry) => (
              <li key={entry.to}>
                <Link
                  to={entry.to}
                  title={t(entry.text)}
                  className={first === entry.to ? 'ct-nav-open' : ''}
                  aria-current={first === entry.to ? 'page' : undefined}
                  data-testid={`nav-${entry.to.slice(1) || 'overview'}`}
                >
                  {createElement(entry.icon)}
                  <span>{t(entry.text)}</span>
                  {entry.badge === 'exceptions' && <ExceptionsBadge />}
                  {entry.badge === 'refunds' && <RefundsBadge />}
                </Link>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </nav>
  )
}
