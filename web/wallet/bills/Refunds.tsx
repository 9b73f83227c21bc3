import type { ReactElement } from 'react'
import { formatDateTime } from '../../ui/i18n.tsx'
import { Icon, type IconName } from '../../ui/icons.tsx'
import { Money } from '../../ui/money.tsx'
import type { List, RefundView } from '../../ui/types.ts'
import { useLive } from '../live.tsx'
import { Failed } from '../parts/states.tsx'
import { api } from '../session.ts'
import { useWords, type WordKey } from '../text.ts'
import { useLoad } from '../use-load.ts'
import { comesBackMinor } from './come-back.ts'

type Look = { tone: string; icon: IconName; word: WordKey }

/** How a refund stands: one colour, one icon, one word. */
function refundLook({ state, next_action }: Pick<RefundView, 'state' | 'next_action'>): Look {
  if (state === 'succeeded') return { tone: 'succeeded', icon: 'undo', word: 'refunds.succeeded' }
  if (state === 'failed') return { tone: 'failed', icon: 'cross', word: 'refunds.failed' }
  if (next_action === 'second_approval')
    return { tone: 'waiting', icon: 'clock', word: 'refunds.approval' }
  return { tone: 'processing', icon: 'spinner', word: 'refunds.under_way' }
}

/** What came back of a payment, or is on its way; nothing where nothing was asked back. */
export function Refunds({ paymentId }: { paymentId: string }): ReactElement | null {
  const t = useWords()
  const { version } = useLive()
  const refunds = useLoad(
    () => api.get<List<RefundView>>('/v1/refunds', { payment: paymentId, limit: 100 }),
    `${paymentId} ${version}`,
  )
  if (!refunds.value && refunds.problem)
    return <Failed problem={refunds.problem} onRetry={refunds.reload} />
  const list = refunds.value?.data ?? []
  if (list.length === 0) return null
  return (
    <section className="panel">
      <h2>{t('refunds.title')}</h2>
      <ul className="refunds">
        {list.map((refund) => (
          <RefundRow key={refund.id} refund={refund} />
        ))}
      </ul>
    </section>
  )
}

function RefundRow({ refund }: { refund: RefundView }): ReactElement {
  const t = useWords()
  return (
    <li className={refund.state === 'failed' ? 'refund bill-void' : 'refund'}>
      <span className="bill-words">
        <RefundTag state={refund.state} next_action={refund.next_action} />
        <span className="small">
          {formatDateTime(refund.completed_at ?? refund.created_at)}
          {refund.reason && ` · ${refund.reason}`}
          {refund.is_late && ` · ${t('refunds.late')}`}
        </span>
      </span>
      <Money minor={comesBackMinor(refund)} currency={refund.currency} signed />
    </li>
  )
}

/** How a refund stands, as a tag. */
export function RefundTag(stands: Pick<RefundView, 'state' | 'next_action'>): ReactElement {
  const t = useWords()
  const { tone, icon, word } = refundLook(stands)
  return (
    <span className={`ot-tag ot-tone-${tone}`}>
      <Icon name={icon} size={14} />
      {t(word)}
    </span>
  )
}
