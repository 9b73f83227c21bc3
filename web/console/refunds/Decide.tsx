import { App, Button } from 'antd'
import type { ReactElement } from 'react'
import { problemText } from '../../ui/i18n.tsx'
import { moneyText } from '../../ui/money.tsx'
import type { Merchant, RefundView } from '../../ui/types.ts'
import { useAsk } from '../parts/actions.ts'
import { InRow } from '../parts/TableRow.tsx'
import { api, useChange, useForget, useOne } from '../resources.ts'
import { usePrincipal } from '../session.tsx'
import { useText } from '../text.ts'

/** Asks the channel now what became of a refund that is under way. */
export function AskAgain({ refund }: { refund: RefundView }): ReactElement | null {
  const t = useText()
  const { message } = App.useApp()
  const ask = useChange('/v1/refunds', () =>
    api.post<RefundView>(`/v1/refunds/${refund.id}/check`, {}, { timeoutMs: 30_000 }),
  )
  if (refund.next_action !== 'query') return null
  const failed = (error: unknown): void => void message.error(problemText(error))
  return (
    <InRow>
      <Button
        size="small"
        loading={ask.isPending}
        onClick={() => ask.mutate({}, { onError: failed })}
        data-testid="ask-again"
      >
        {t('refunds.ask_again')}
      </Button>
    </InRow>
  )
}

/** The second person's word about a refund. Who asked for it may only take it back. */
export function Decide({ refund }: { refund: RefundView }): ReactElement | null {
  const t = useText()
  const ask = useAsk()
  const { message } = App.useApp()
  const forget = useForget()
  const principal = usePrincipal()
  const decide = useChange(
    '/v1/refunds',
    (says: 'approve' | 'reject') =>
      api.post<RefundView>(`/v1/refunds/${refund.id}/${says}`, {}, { timeoutMs: 30_000 }),
    () => void forget('/v1/payments'),
  )
  const mayApprove = useMayApprove()
  if (refund.next_action !== 'second_approval') return null
  const isOwn = refund.requested_by?.endsWith(principal.id) ?? false
  const amount = moneyText(refund.amount, refund.currency)
  const run = (says: 'approve' | 'reject') =>
    decide
      .mutateAsync(says)
      .then(() => message.success(t(`refunds.did_${says}`)))
      .catch((error: unknown) => message.error(problemText(error)))
  return (
    <InRow>
      {!isOwn && mayApprove && (
        <Button
          size="small"
          type="primary"
          loading={decide.isPending && decide.variables === 'approve'}
          onClick={() =>
            ask({ title: t('refunds.approve_title', { amount }), ok: t('refunds.approve') }, () =>
              run('approve'),
            )
          }
          data-testid="approve"
        >
          {t('refunds.approve')}
        </Button>
      )}
      <Button
        size="small"
        danger
        loading={decide.isPending && decide.variables === 'reject'}
        onClick={() => void run('reject')}
        data-testid="reject"
      >
        {t(isOwn ? 'refunds.take_back' : 'refunds.reject')}
      </Button>
      {mayApprove === false && (
        <span className="ct-small" data-testid="approve-elsewhere">
          {t('refunds.approved_elsewhere')}
        </span>
      )}
    </InRow>
  )
}

/**
 * Whether the reader's yes counts: a merchant's people may be bound to leave it to the operator.
 * Undefined while that is not known.
 */
function useMayApprove(): boolean | undefined {
  const { merchant } = usePrincipal()
  const terms = useOne<Merchant>(merchant && `/v1/merchants/${merchant.id}`)
  if (!merchant) return true
  return terms.data && terms.data.refund_approved_by === 'staff'
}
