import { useParams } from '@tanstack/react-router'
import { useMemo, useState, type ReactElement } from 'react'
import type { List, Store, Terminal as Coded } from '../../ui/types.ts'
import { useMerchantNames } from '../names.ts'
import { CopyId } from '../parts/CopyId.tsx'
import { Facts } from '../parts/Facts.tsx'
import { Bars, ErrorState } from '../parts/ListStates.tsx'
import { Page, Panel } from '../parts/Page.tsx'
import { Standing } from '../parts/Standing.tsx'
import { When } from '../parts/When.tsx'
import { distanceText } from '../payment/geo.ts'
import { useChoices, useForget, useOne } from '../resources.ts'
import { useEvents } from '../stream.tsx'
import { ActivationCode } from '../terminal/ActivationCode.tsx'
import { NewCodeButton } from '../terminal/Controls.tsx'
import { History } from '../terminal/History.tsx'
import type { Dot } from '../terminal/map-option.ts'
import { PermissionPanel } from '../terminal/PermissionPanel.tsx'
import { TerminalMap } from '../terminal/TerminalMap.tsx'
import type { PastPosition, TerminalDetail } from '../terminal/types.ts'
import { useText, useWord } from '../text.ts'

/** One terminal: how it stands, what it may do, where it is, and what happened to it. */
export default function Terminal(): ReactElement {
  const t = useText()
  const { id } = useParams({ strict: false })
  const terminal = useOne<TerminalDetail>(`/v1/terminals/${id ?? ''}`, {}, 15_000)
  const forget = useForget()
  useEvents((event) => {
    if (event.type === 'terminal.changed' || event.type === 'terminal.alarm')
      void forget('/v1/terminals')
  })
  if (terminal.data) return <Shown terminal={terminal.data} />
  return (
    <Page title={t('terminals.one')}>
      {terminal.error ? (
        <ErrorState error={terminal.error} onRetry={() => void terminal.refetch()} />
      ) : (
        <Bars rows={6} columns={2} />
      )}
    </Page>
  )
}

function Shown({ terminal }: { terminal: TerminalDetail }): ReactElement {
  const [coded, setCoded] = useState<Coded | null>(null)
  const merchantName = useMerchantNames()
  const stores = useChoices<Store>('/v1/stores', { merchant: terminal.merchant })
  const store = stores.data?.find(({ id }) => id === terminal.store)
  return (
    <Page
      title={terminal.name}
      beside={<Standing group="terminals.state_" word={terminal.state} />}
      actions={<NewCodeButton terminal={terminal} onCode={setCoded} />}
    >
      <div className="ct-columns">
        <div>
          <StatusPanel terminal={terminal} />
          <PermissionPanel
            terminal={terminal}
            storeName={store?.name ?? terminal.store}
            merchantName={merchantName(terminal.merchant)}
          />
        </div>
        <div>
          <PlacePanel terminal={terminal} store={store} />
          <History id={terminal.id} />
        </div>
      </div>
      {coded && <ActivationCode terminal={coded} onClose={() => setCoded(null)} />}
    </Page>
  )
}

function StatusPanel({ terminal }: { terminal: TerminalDetail }): ReactElement {
  const t = useText()
  const { configuration } = terminal
  const isApplied = configuration.applied_version === configuration.wanted_version
  const facts = [
    {
      label: t('terminals.connection'),
      value: (
        <span className={`ct-mark ${terminal.is_online ? 'ct-mark-live' : 'ct-mark-off'}`}>
          <i aria-hidden />
          {t(terminal.is_online ? 'terminals.online' : 'terminals.offline')}
        </span>
      ),
    },
    {
      label: t('terminals.last_seen'),
      value: terminal.last_seen_at ? (
        <When at={terminal.last_seen_at} full />
      ) : (
        t('terminals.never_seen')
      ),
    },
    { label: t('terminals.app_version'), value: terminal.app_version ?? '–' },
    {
      label: t('terminals.configuration'),
      value: <Standing group="terminals.configuration_" word={isApplied ? 'current' : 'pending'} />,
    },
    {
      label: t('field.id'),
      value: <CopyId id={terminal.id} what={t('field.id')} />,
      isWide: true,
    },
  ]
  return (
    <Panel title={t('terminals.status')}>
      <Facts facts={facts} />
    </Panel>
  )
}

function PlacePanel(props: { terminal: TerminalDetail; store: Store | undefined }): ReactElement {
  const t = useText()
  const word = useWord()
  const { terminal, store } = props
  const { position } = terminal
  const past = useOne<List<PastPosition>>(`/v1/terminals/${terminal.id}/positions`)
  const dots = useMemo((): Dot[] => {
    const at = store?.position
    const isFlagged = (position?.flags ?? []).length > 0
    return [
      ...(at ? [{ name: store.name, at, look: 'store' as const }] : []),
      ...(past.data?.data ?? []).map((one) => ({
        ...{ name: one.measured_at, at: one, look: 'past' as const },
      })),
      ...(position
        ? [{ name: terminal.name, at: position, look: isFlagged ? ('bad' as const) : 'good' }]
        : []),
    ] as Dot[]
  }, [terminal, store, position, past.data])
  const distance = position?.distance_m
  const facts = [
    {
      label: t('terminals.distance_label'),
      value: distance == null ? '–' : distanceText(distance),
    },
    {
      label: t('detail.accuracy'),
      value: position?.accuracy_m == null ? '–' : `± ${distanceText(position.accuracy_m)}`,
    },
    {
      label: t('terminals.flags'),
      value:
        (position?.flags ?? []).map((flag) => word('terminals.flag_', flag)).join(' · ') || '–',
    },
  ]
  const fenceM = terminal.permission.effective.fence_radius_m
  return (
    <Panel title={t('terminals.place')}>
      <TerminalMap dots={dots} fenceM={fenceM} label={t('terminals.map_label')} />
      <Facts facts={facts} />
    </Panel>
  )
}
