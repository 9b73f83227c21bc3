import { useState, type ReactElement } from 'react'
import { Money } from '../../ui/money.tsx'
import type { List } from '../../ui/types.ts'
import { SourceIcon } from '../accounts/SourceIcon.tsx'
import { sourceName } from '../accounts/source-words.ts'
import { useSources, type Account } from '../accounts/use-sources.ts'
import { Failed, Skeleton } from '../parts/states.tsx'
import { useWords } from '../text.ts'
import type { Loaded } from '../use-load.ts'

export type From = {
  sources: Loaded<List<Account>>
  /** What it is paid from; null when there is nothing that can. */
  source: Account | null
  choose: (sourceId: string) => void
}

/** An account at a scheme pays by the payer's own code, or at the scheme's page: not by this one. */
const canPay = ({ state, channel_account }: Account): boolean =>
  state === 'active' && channel_account === null

/** The payer's own choice, else the account that codes are for, else the first in the order. */
export function usePayFrom(): From {
  const sources = useSources()
  const [wanted, choose] = useState<string | null>(null)
  const able = (sources.value?.data ?? []).filter(canPay)
  const source =
    able.find(({ id }) => id === wanted) ?? able.find(({ chosen }) => chosen) ?? able[0] ?? null
  return { sources, source, choose }
}

/** Choose what a merchant's code is paid from. */
export function PayFrom({ from: { sources, source, choose } }: { from: From }): ReactElement {
  const t = useWords()
  if (!sources.value) {
    if (!sources.problem) return <Skeleton rows={2} />
    return <Failed problem={sources.problem} onRetry={sources.reload} />
  }
  const hasOthers = sources.value.data.some((one) => !canPay(one))
  return (
    <fieldset className="panel cards">
      <legend className="ot-hidden">{t('code.pay_from')}</legend>
      <h2 aria-hidden>{t('code.pay_from')}</h2>
      {sources.value.data.map((each) => (
        <label key={each.id} className={canPay(each) ? 'pay-from' : 'pay-from pay-from-not'}>
          <input
            type="radio"
            name="source"
            checked={each.id === source?.id}
            disabled={!canPay(each)}
            onChange={() => choose(each.id)}
          />
          <SourceIcon kind={each.kind} />
          <span>{sourceName(each)}</span>
          {each.balance !== null && (
            <Money minor={each.balance} currency={each.currency} size="s" />
          )}
        </label>
      ))}
      {hasOthers && <p className="small">{t('order.linked_not')}</p>}
    </fieldset>
  )
}
