import { Link } from '@tanstack/react-router'
import { Drawer } from 'antd'
import type { ReactElement } from 'react'
import { Money } from '../../ui/money.tsx'
import { SchemeMark } from '../../ui/scheme.tsx'
import { useMerchantNames } from '../names.ts'
import { ActorName } from '../parts/ActorName.tsx'
import { CopyId, shortId } from '../parts/CopyId.tsx'
import { Facts, type Fact } from '../parts/Facts.tsx'
import { Bars, ErrorState } from '../parts/ListStates.tsx'
import { Standing } from '../parts/Standing.tsx'
import { When } from '../parts/When.tsx'
import { useOne } from '../resources.ts'
import { useText, useWord } from '../text.ts'
import type { ExceptionView } from '../types.ts'
import { Actions } from './Actions.tsx'
import { AgeTag } from './Age.tsx'

/** One exception: what happened, what it is about, and what may be done. */
export function ExceptionDrawer(props: { id: string | null; onClose: () => void }): ReactElement {
  const t = useText()
  const { id, onClose } = props
  const exception = useOne<ExceptionView>(id && `/v1/exceptions/${id}`)
  return (
    <Drawer
      open={id !== null}
      onClose={onClose}
      size={600}
      title={t('exceptions.one')}
      mask={false}
      destroyOnHidden
      className="ct-detail-drawer"
    >
      {exception.data ? (
        <Shown key={exception.data.id} exception={exception.data} />
      ) : exception.error ? (
        <ErrorState error={exception.error} onRetry={() => void exception.refetch()} />
      ) : (
        <Bars rows={6} columns={2} />
      )}
    </Drawer>
  )
}

function Shown({ exception }: { exception: ExceptionView }): ReactElement {
  const t = useText()
  return (
    <article className="ct-detail" data-testid="exception-detail" data-state={exception.state}>
      <header className="ct-detail-head">
        <Money minor={exception.amount} currency={exception.currency} size="l" />
        <Standing group="exceptions.state_" word={exception.state} />
        <AgeTag of={exception} />
      </header>
      <div className="ct-happened">
        <strong>{t(`exceptions.kind_${exception.kind}`)}</strong>
        <p>{t(`exceptions.kind_${exception.kind}_note`)}</p>
      </div>
      <Facts facts={useFacts(exception)} />
      <Actions exception={exception} />
      {exception.state === 'resolved' && <Resolved exception={exception} />}
    </article>
  )
}

function useFacts(exception: ExceptionView): Fact[] {
  const t = useText()
  const word = useWord()
  const merchantName = useMerchantNames()
  const { channel, channel_code, merchant, ...rest } = exception.detail as Record<string, string>
  const more = Object.entries(rest).map(([name, value]) => ({
    label: word('exceptions.detail_', name),
    value: <code>{/^[a-z]{3}_/.test(String(value)) ? shortId(String(value)) : String(value)}</code>,
  }))
  return [
    {
      label: t('exceptions.payment'),
      value: exception.payment ? (
        <Link to="/payments/$id" params={{ id: exception.payment }} data-testid="exception-payment">
          <code>{shortId(exception.payment)}</code>
        </Link>
      ) : (
        '–'
      ),
    },
    ...(channel
      ? [{ label: t('channels.channel'), value: <SchemeMark scheme={channel} size={16} /> }]
      : []),
    ...(channel_code ? [{ label: t('charges.code'), value: <code>{channel_code}</code> }] : []),
    ...(merchant ? [{ label: t('field.merchant'), value: merchantName(merchant) }] : []),
    { label: t('exceptions.opened_at'), value: <When at={exception.opened_at} full /> },
    ...more,
    {
      label: t('exceptions.subject'),
      value: <CopyId id={exception.subject} what={t('exceptions.subject')} />,
      isWide: true,
    },
  ]
}

function Resolved({ exception }: { exception: ExceptionView }): ReactElement {
  const t = useText()
  const word = useWord()
  const facts = [
    { label: t('exceptions.action'), value: word('exceptions.do_', exception.action ?? '–') },
    {
      label: t('exceptions.resolved_by'),
      value: exception.resolved_by ? <ActorName of={exception.resolved_by} /> : '–',
    },
    {
      label: t('exceptions.resolved_at'),
      value: exception.resolved_at ? <When at={exception.resolved_at} full /> : '–',
    },
    { label: t('exceptions.note'), value: exception.note ?? '–', isWide: true },
  ]
  return (
    <section className="ct-part">
      <h3>{t('exceptions.what_was_done')}</h3>
      <Facts facts={facts} />
    </section>
  )
}
