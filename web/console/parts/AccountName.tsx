import { Link } from '@tanstack/react-router'
import type { ReactElement } from 'react'
import { useWord } from '../text.ts'
import { shortId } from './CopyId.tsx'

/**
 * A ledger account in words, over its own name: `merchant:mch_…:payable` is what a merchant is
 * owed. It leads to the account.
 */
export function AccountName({ id }: { id: string }): ReactElement {
  const word = useWord()
  const steps = id.split(':')
  const kind = word('account.', steps[0] ?? '')
  return (
    <span className="ct-account">
      <span>{id.startsWith('institution:') ? word('account.', steps[1] ?? '') : kind}</span>
      <Link to="/accounts/$id" params={{ id }} title={id} onClick={(event) => event.stopPropagation()}>
        <code>{steps.map(shortId).join(':')}</code>
      </Link>
    </span>
  )
}
