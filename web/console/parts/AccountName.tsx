import { Link } from '@tanstack/react-router'
import type { MouseEvent, ReactElement } from 'react'
import { useMerchantNames, usePartyNames } from '../names.ts'
import { useChoices } from '../resources.ts'
import { isOperator, usePrincipal } from '../session.tsx'
import { useWord } from '../text.ts'
import type { ChannelAccount } from '../types.ts'
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
  const owner = useOwnerName(steps)
  return (
    <span className="ct-account">
      <span>
        {id.startsWith('institution:') ? word('account.', steps[1] ?? '') : kind}
        {owner && <strong> {owner}</strong>}
      </span>
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

/** Whose account it is, by name; nothing for the institution's own, and where no name is known. */
function useOwnerName(steps: string[]): string | null {
  const merchantName = useMerchantNames()
  const partyName = usePartyNames()
  const operator = isOperator(usePrincipal())
  const accounts = useChoices<ChannelAccount>('/v1/channel_accounts', {}, operator)
  const id = steps.find((step) => /^(mch|pty|cha)_/.test(step))
  if (!id) return null
  const name = id.startsWith('mch_')
    ? merchantName(id)
    : id.startsWith('pty_')
      ? partyName(id)
      : accounts.data?.find((one) => one.id === id)?.name
  return name && name !== id ? name : null
}

function stop(event: MouseEvent): void {
  event.stopPropagation()
}
