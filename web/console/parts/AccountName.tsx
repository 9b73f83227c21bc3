import { Link } from '@tanstack/react-router'
import { useCallback, type MouseEvent, type ReactElement } from 'react'
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
  const principal = usePrincipal()
  const mayOpen = isOperator(principal) || id === `merchant:${principal.merchant?.id ?? ''}:payable`
  const steps = id.split(':')
  const name = <code>{steps.map(shortId).join(':')}</code>
  const { kind, owner } = useAccountWords()(id)
  return (
    <span className="ct-account">
      <span>
        {kind}
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

type AccountWords = { kind: string; owner: string | null }

/** What kind of account it is, and whose; nobody's for the institution's own and unknown names. */
export function useAccountWords(): (id: string) => AccountWords {
  const word = useWord()
  const merchantName = useMerchantNames()
  const partyName = usePartyNames()
  const operator = isOperator(usePrincipal())
  const { data: channels } = useChoices<ChannelAccount>('/v1/channel_accounts', {}, operator)
  return useCallback(
    (account) => {
      const [first = '', second = '', ...others] = account.split(':')
      const kind = word('account.', first === 'institution' ? second : first)
      const id = [first, second, ...others].find((step) => /^(mch|pty|cha)_/.test(step))
      if (!id) return { kind, owner: null }
      const name = id.startsWith('mch_')
        ? merchantName(id)
        : id.startsWith('pty_')
          ? partyName(id)
          : channels?.find((one) => one.id === id)?.name
      return { kind, owner: name && name !== id ? name : null }
    },
    [word, merchantName, partyName, channels],
  )
}

function stop(event: MouseEvent): void {
  event.stopPropagation()
}
