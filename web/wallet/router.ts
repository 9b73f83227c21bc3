import { createElement, useSyncExternalStore } from 'react'
import type { AnchorHTMLAttributes, MouseEvent, ReactElement } from 'react'

const root = '/wallet/'

function subscribe(listener: () => void): () => void {
  addEventListener('popstate', listener)
  return () => removeEventListener('popstate', listener)
}

function currentPath(): string {
  return location.pathname.replace(/^\/wallet\/?/, '').replace(/\/$/, '')
}

/** Where the reader is inside the wallet, without slashes at the ends: '' is the payment code. */
export function usePath(): string {
  return useSyncExternalStore(subscribe, currentPath)
}

/** Goes to a place inside the wallet. */
export function navigate(path: string, { replace = false } = {}): void {
  if (path === currentPath()) return
  history[replace ? 'replaceState' : 'pushState'](null, '', root + path)
  dispatchEvent(new PopStateEvent('popstate'))
}

type LinkProps = Omit<AnchorHTMLAttributes<HTMLAnchorElement>, 'href'> & { to: string }

/** A real link, so that it can be opened in a new tab, which does not load the page again. */
export function Link({ to, ...rest }: LinkProps): ReactElement {
  function onClick(event: MouseEvent<HTMLAnchorElement>): void {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return
    event.preventDefault()
    navigate(to)
  }
  return createElement('a', { ...rest, href: root + to, onClick })
}
