import { Empty } from 'antd'
import { useEffect, useRef, useState, type ReactElement } from 'react'
import { declineText, formatTime, useT } from '../ui/i18n.tsx'
import { Icon } from '../ui/icons.tsx'
import { Money, moneyText } from '../ui/money.tsx'
import { SchemeMark } from '../ui/scheme.tsx'
import { Amount } from './Amount.tsx'
import { asideStore, chooseAside, reverseAside } from './aside.ts'
import { asideLooks } from './aside-look.ts'
import { AsideActions, useAsideDeeds } from './AsideActions.tsx'
import { Ask } from './Ask.tsx'
import { useKeys } from './keys.ts'
import { NoteStrip } from './NoteStrip.tsx'
import { faceOfAside, restMinor, stepOf, type Aside } from './put-aside.ts'
import { Earlier } from './Refund.tsx'
import { usePrincipal, useRefunds } from './server.ts'
import { useStore } from './store.ts'
import { till } from './till.ts'
import { TopBar } from './TopBar.tsx'

/** What was put aside: how each stands, whom to call, and what is to be done about it. */
export function AsideScreen(): ReactElement {
  const { all, chosen: chosenNo } = useStore(asideStore, (state) => state)
  const chosen = all.find(({ attempt }) => attempt.orderNo === chosenNo) ?? all[0]
  const [asked, setAsked] = useState<string | null>(null)
  const deeds = useAsideDeeds(chosen, () => setAsked(chosen?.attempt.orderNo ?? null))
  const isAsking = asked !== null && asked === chosen?.attempt.orderNo && deeds.mayReverse
  const reverse = (): void => {
    if (asked) reverseAside(asked)
    setAsked(null)
  }
  const move = (by: number): void => {
    const place = chosen ? all.indexOf(chosen) : 0
    chooseAside(all[Math.min(Math.max(place + by, 0), all.length - 1)]?.attempt.orderNo ?? null)
  }
  const isHelpOpen = useStore(till, (state) => state.isHelpOpen)
  useKeys(
    {
      ...deeds.keys,
      ArrowUp: () => move(-1),
      ArrowDown: () => move(1),
      F1: () => till.set({ isHelpOpen: true }),
      '?': () => till.set({ isHelpOpen: true }),
      ...(isAsking ? { Enter: reverse, Escape: () => setAsked(null) } : {}),
    },
    !isHelpOpen,
  )
  return (
    <div className="till-screen" data-testid="till-aside" data-screen="aside">
      <TopBar />
      <main className="till-asides">
        <List all={all} chosen={chosen} />
        <section className="till-aside-one">
          {chosen && <One aside={chosen} />}
          {isAsking && <AskReverse onYes={reverse} onNo={() => setAsked(null)} />}
        </section>
      </main>
      <NoteStrip />
      <AsideActions deeds={deeds} />
    </div>
  )
}

function AskReverse({ onYes, onNo }: { onYes: () => void; onNo: () => void }): ReactElement {
  const t = useT()
  return (
    <Ask
      question={t('waiting.ask')}
      hint={t('waiting.ask_hint')}
      yes={t('waiting.yes')}
      no={t('waiting.no')}
      onYes={onYes}
      onNo={onNo}
      testId="ask-reverse"
    />
  )
}

function List({ all, chosen }: { all: readonly Aside[]; chosen: Aside | undefined }): ReactElement {
  const t = useT()
  const list = useRef<HTMLUListElement>(null)
  const chosenNo = chosen?.attempt.orderNo
  useEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' })
  }, [chosenNo])
  if (all.length === 0) {
    return (
      <section className="till-aside-list">
        <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('aside.empty')} />
      </section>
    )
  }
  return (
    <section className="till-aside-list">
      <h2>{t('aside.title')}</h2>
      <ul ref={list} role="listbox" aria-label={t('aside.title')} data-testid="aside-list">
        {all.map((aside) => (
          <Row key={aside.attempt.orderNo} aside={aside} isChosen={aside === chosen} />
        ))}
      </ul>
    </section>
  )
}

function Row({ aside, isChosen }: { aside: Aside; isChosen: boolean }): ReactElement {
  const { attempt, note, putAtMs } = aside
  const { data: principal } = usePrincipal()
  const minor = BigInt(attempt.payment?.charged ?? attempt.amountMinor)
  return (
    <li
      role="option"
      aria-selected={isChosen}
      className="till-aside-row"
      onClick={() => chooseAside(attempt.orderNo)}
      data-testid="aside-row"
    >
      <time>{formatTime(putAtMs, principal?.institution.time_zone).slice(0, 5)}</time>
      <span className="till-aside-who">{note || attempt.orderNo}</span>
      <Money minor={minor} currency={attempt.currency} />
      <FaceTag aside={aside} />
    </li>
  )
}

function FaceTag({ aside }: { aside: Aside }): ReactElement {
  const t = useT()
  const face = faceOfAside(aside)
  const { tone, icon } = asideLooks[face]
  return (
    <span className={`ot-tag ot-tone-${tone}`} data-testid="aside-tag" data-face={face}>
      <Icon name={icon} size={14} />
      {t(`aside.tag_${face}`)}
    </span>
  )
}

function One({ aside }: { aside: Aside }): ReactElement {
  const t = useT()
  const { attempt, note } = aside
  const { payment, currency, orderNo } = attempt
  const face = faceOfAside(aside)
  const step = stepOf(aside)
  const refunds = useRefunds(aside.ending && payment ? payment.id : undefined)
  const left = moneyText(restMinor(aside), currency)
  const minor = BigInt(payment?.charged ?? attempt.amountMinor)
  return (
    <div className={`till-aside-detail ot-tone-${asideLooks[face].tone}`} data-testid="aside-one">
      <Icon name={asideLooks[face].icon} size={56} />
      <h1 role="status" data-testid="aside-face" data-face={face}>
        {t(`aside.face_${face}`)}
      </h1>
      <Amount className="till-huge" minor={minor} currency={currency} />
      {face === 'failed' && <p>{declineText(payment?.decline_reason ?? null)}</p>}
      <p className="till-aside-advice" data-testid="aside-advice">
        {t(step === 'rest' ? 'aside.advice_rest' : `aside.advice_${face}`, { left })}
      </p>
      <dl className="till-facts">
        {note && (
          <div>
            <dt>{t('aside.customer')}</dt>
            <dd>{note}</dd>
          </div>
        )}
        <div>
          <dt>{t('receipt.paid_by')}</dt>
          <dd>
            {attempt.scheme ? <SchemeMark scheme={attempt.scheme} size={18} /> : attempt.masked}
          </dd>
        </div>
        <div>
          <dt>{t('receipt.order_no')}</dt>
          <dd className="ot-mono">{orderNo}</dd>
        </div>
      </dl>
      {refunds.data && refunds.data.length > 0 && <Earlier refunds={refunds.data} />}
    </div>
  )
}
