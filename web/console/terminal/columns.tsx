import { useMemo } from 'react'
import { Money } from '../../ui/money.tsx'
import type { Store, Terminal } from '../../ui/types.ts'
import { homeCurrency } from '../amounts.ts'
import { useMerchantNames } from '../names.ts'
import { CopyId } from '../parts/CopyId.tsx'
import { Standing } from '../parts/Standing.tsx'
import { InRow } from '../parts/TableRow.tsx'
import type { Column } from '../parts/TableRows.tsx'
import { When } from '../parts/When.tsx'
import { distanceM, distanceText } from '../payment/geo.ts'
import { useChoices } from '../resources.ts'
import { isOperator, usePrincipal } from '../session.tsx'
import { useText, type Text } from '../text.ts'
import { LimitButton, LockButton, MaySwitch, NewCodeButton } from './Controls.tsx'

// A till asks for its day every minute; one that has not for five is taken to be off.
const ONLINE_MS = 5 * 60_000

/** The columns of the terminals, with their switches. */
export function useTerminalColumns(onCode: (terminal: Terminal) => void): Column<Terminal>[] {
  const t = useText()
  const operator = isOperator(usePrincipal())
  const merchantName = useMerchantNames()
  const stores = useChoices<Store>('/v1/stores')
  return useMemo(() => {
    const storeOf = new Map(stores.data?.map((store) => [store.id, store]))
    const merchant: Column<Terminal> = {
      key: 'merchant',
      title: t('field.merchant'),
      wide: true,
      cell: (row) => merchantName(row.merchant),
    }
    return [
      { key: 'name', title: t('field.name'), always: true, cell: (row) => row.name },
      {
        key: 'store',
        title: t('field.store'),
        cell: (row) => storeOf.get(row.store)?.name ?? row.store,
      },
      ...(operator ? [merchant] : []),
      {
        key: 'state',
        title: t('field.state'),
        width: 100,
        cell: (row) => <Standing group="terminals.state_" word={row.state} />,
      },
      { key: 'last_seen', title: t('terminals.last_seen'), cell: (row) => seen(row, t) },
      ...controls(t, onCode),
      ...placeColumns(t, (row) => storeOf.get(row.store)),
    ]
  }, [t, operator, merchantName, stores.data, onCode])
}

function controls(t: Text, onCode: (terminal: Terminal) => void): Column<Terminal>[] {
  return [
    {
      key: 'may_take_payment',
      title: t('terminals.may_take_payment'),
      cell: (row) => <MaySwitch terminal={row} right="may_take_payment" />,
    },
    {
      key: 'may_refund',
      title: t('terminals.may_refund'),
      cell: (row) => <MaySwitch terminal={row} right="may_refund" />,
    },
    {
      key: 'limit',
      title: t('terminals.limit'),
      align: 'right',
      cell: (row) => (
        <LimitButton terminal={row}>
          {row.limit_per_payment === null ? (
            t('field.unlimited')
          ) : (
            <Money minor={row.limit_per_payment} currency={homeCurrency} size="s" />
          )}
        </LimitButton>
      ),
    },
    {
      key: 'actions',
      title: t('list.actions'),
      always: true,
      wrap: true,
      cell: (row) => (
        <InRow>
          <LockButton terminal={row} />
          <NewCodeButton terminal={row} onCode={onCode} />
        </InRow>
      ),
    },
  ]
}

function placeColumns(t: Text, storeOf: (row: Terminal) => Store | undefined): Column<Terminal>[] {
  return [
    {
      key: 'place',
      title: t('terminals.place'),
      hidden: true,
      cell: (row) => {
        const store = storeOf(row)?.position
        if (!row.position) return t('terminals.place_none')
        if (!store)
          return `${row.position.latitude.toFixed(5)}, ${row.position.longitude.toFixed(5)}`
        const distance = distanceText(distanceM(store, row.position))
        return t('terminals.distance', { distance })
      },
    },
    {
      key: 'id',
      title: t('field.id'),
      hidden: true,
      cell: (row) => <CopyId id={row.id} what={t('field.id')} short />,
    },
  ]
}

function seen({ last_seen_at, state }: Terminal, t: Text) {
  if (!last_seen_at) return <span className="ct-muted">{t('terminals.never_seen')}</span>
  const isOnline = state === 'active' && Date.now() - Date.parse(last_seen_at) < ONLINE_MS
  return (
    <span className={`ct-mark ${isOnline ? 'ct-mark-live' : 'ct-mark-off'}`}>
      <i aria-hidden />
      {t(isOnline ? 'terminals.online' : 'terminals.offline')} · <When at={last_seen_at} />
    </span>
  )
}
