import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { Drawer } from 'antd'
import { useCallback, type ReactElement } from 'react'
import { useText } from '../text.ts'
import type { Filters } from '../resources.ts'
import { PaymentDetail } from './PaymentDetail.tsx'

/** Which payment is open at the side, in the address, so that Back closes it and a link opens it. */
export function useOpenPayment(): {
  openId: string | null
  open: (payment: { id: string }) => void
  close: () => void
} {
  const search = useSearch({ strict: false }) as Filters
  const navigate = useNavigate()
  const openId = search['payment'] ?? null
  const show = useCallback(
    (payment: string | undefined, replace: boolean) => {
      const change = (before: Filters): Filters => ({ ...before, payment })
      void navigate({ to: '.', search: change, replace, resetScroll: false })
    },
    [navigate],
  )
  const open = useCallback(({ id }: { id: string }) => show(id, openId !== null), [show, openId])
  const close = useCallback(() => show(undefined, true), [show])
  return { openId, open, close }
}

/** A payment beside the list it was opened from. */
export function PaymentDrawer({
  id,
  onClose,
  tab,
}: {
  id: string | null
  onClose: () => void
  /** Which of its parts is shown first. */
  tab?: string
}): ReactElement {
  const t = useText()
  return (
    <Drawer
      open={id !== null}
      onClose={onClose}
      size={720}
      title={t('detail.title')}
      // The list stays in reach: another row opens in the place of this one.
      mask={false}
      destroyOnHidden
      className="ct-detail-drawer"
      extra={
        id && (
          <Link to={`/payments/${id}`} data-testid="open-page">
            {t('detail.open_page')}
          </Link>
        )
      }
    >
      {id && <PaymentDetail id={id} {...(tab ? { tab } : {})} />}
    </Drawer>
  )
}
