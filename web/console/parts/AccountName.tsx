import { Link } from '@tanstack/react-router'
import type { MouseEvent, ReactElement } from 'react'
import { isOperator, usePrincipal } from '../session.tsx'
import { useWord } from '../text.ts'
import { shortId } from './CopyId.tsx'

/**
 * A ledger account in words, over its own name: `merchant:mch_…:payable` is what a merchant is
 * owed. It leads to the account, where
 * the reader may look at it.
 */
export function AccountName({ id }: { id: string }): ReactElement {
  const word = useWord()
  const principal = usePrincipal()
  const mayOpen = isOperator(principal) || id === `merchant:${principal.merchant?.id ?? ''}:payable`
  const steps = id.split(':')
  const name = <code>{steps.map(shortId).join(':')}</code>
  const kind = word('account.', steps[0] ?? '')
  return (
    <span className="ct-account">
      <span>{id.startsWith('institution:') ? word('account.', steps[1] ?? '') : kind}</span>
      {mayOpen ? (
        <Link to="/accounts/$id" params={{ id }} title={id} onClick={stop}>
          {name}
        </Link>
      ) : (
        name
      )}
    </span>
  )
}

function stop(event: MouseEvent): void {
  event.stopPropagation()
}
