import { useState, type ReactElement } from 'react'
import { asProblem } from '../../ui/api.ts'
import { problemText } from '../../ui/i18n.tsx'
import { Icon } from '../../ui/icons.tsx'
import { Money } from '../../ui/money.tsx'
import type { LinkOffer } from '../../ui/types.ts'
import { Page } from '../parts/Page.tsx'
import { Failed, Skeleton } from '../parts/states.tsx'
import { useWords } from '../text.ts'
import { AccountSheet } from './AccountSheet.tsx'
import { AddAccount } from './AddAccount.tsx'
import { OrderList } from './OrderList.tsx'
import { SourceIcon } from './SourceIcon.tsx'
import { kindText, sourceName } from './source-words.ts'
import { leaveChoice, useOffers, usePayer, useSources, type Account } from './use-sources.ts'

/** All that this payer pays from: looked at, put in order, linked and unlinked. */
export function AccountsScreen(): ReactElement {
  const t = useWords()
  const sources = useSources()
  const offers = useOffers()
  const [isOrdering, setOrdering] = useState(false)
  const list = sources.value?.data
  return (
    <Page
      title={t('accounts.title')}
      back="me"
      actions={
        list &&
        list.length > 1 && (
          <button type="button" className="page-act" onClick={() => setOrdering(!isOrdering)}>
            {t(isOrdering ? 'accounts.order_done' : 'accounts.order')}
          </button>
        )
      }
    >
      {!list && sources.problem && <Failed problem={sources.problem} onRetry={sources.reload} />}
      {!list && !sources.problem && <Skeleton rows={3} />}
      {list && isOrdering && <OrderList sources={list} onSaved={sources.reload} />}
      {list && !isOrdering && (
        <>
          <SourceList
            sources={list}
            offers={offers.value?.data ?? null}
            onChanged={sources.reload}
          />
          {list.length > 1 && <AutoSwitch />}
          <AddAccount offers={offers} />
        </>
      )}
    </Page>
  )
}

type SourceListProps = {
  sources: readonly Account[]
  offers: readonly LinkOffer[] | null
  onChanged: () => void
}

function SourceList({ sources, offers, onChanged }: SourceListProps): ReactElement {
  const t = useWords()
  const [openId, setOpenId] = useState<string | null>(null)
  const open = sources.find(({ id }) => id === openId)
  return (
    <>
      <ul className="list account-list">
        {sources.map((source) => (
          <li key={source.id}>
            <button
              type="button"
              className="account"
              data-kind={source.kind}
              onClick={() => setOpenId(source.id)}
            >
              <SourceIcon kind={source.kind} />
              <span className="account-words">
                <span className="account-name">{sourceName(source)}</span>
                <span className="small">
                  {kindText(source.kind, t)}
                  {source.chosen && ` · ${t('accounts.chosen')}`}
                </span>
                {!isOpen(source, offers) && (
                  <span className="account-ill">
                    <Icon name="warning" size={14} />
                    {t(source.state === 'active' ? 'accounts.paused' : 'accounts.closed')}
                  </span>
                )}
              </span>
              {source.balance === null ? (
                <span className="small account-elsewhere">{t('accounts.balance_elsewhere')}</span>
              ) : (
                <Money minor={source.balance} currency={source.currency} />
              )}
              <Icon name="chevronRight" size={16} />
            </button>
          </li>
        ))}
      </ul>
      {open && <AccountSheet source={open} onChanged={onChanged} onClose={() => setOpenId(null)} />}
    </>
  )
}

/** Whether it can be paid from now: not closed, and its way to the scheme open where it has one. */
function isOpen(source: Account, offers: readonly LinkOffer[] | null): boolean {
  if (source.state !== 'active') return false
  const { channel_account: way } = source
  return !way || !offers || offers.some((offer) => offer.channel_account === way)
}

function AutoSwitch(): ReactElement | null {
  const t = useWords()
  const payer = usePayer()
  const [isBusy, setBusy] = useState(false)
  const [problem, setProblem] = useState('')
  if (!payer.value) return null
  const { auto } = payer.value

  async function onSwitch(): Promise<void> {
    setBusy(true)
    setProblem('')
    try {
      await leaveChoice(!auto)
      payer.reload()
    } catch (thrown) {
      setProblem(problemText(asProblem(thrown)))
    } finally {
      setBusy(false)
    }
  }

  return (
    <section className="panel settings auto">
      <div>
        <Icon name="star" />
        <span id="auto-label">{t('auto.title')}</span>
        <button
          type="button"
          role="switch"
          className="switch"
          aria-checked={auto}
          aria-labelledby="auto-label"
          aria-describedby="auto-why"
          disabled={isBusy}
          onClick={() => void onSwitch()}
        />
      </div>
      <p id="auto-why" className="small">
        {t('auto.why')}
      </p>
      {problem && (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
    </section>
  )
}
