import { useParams } from '@tanstack/react-router'
import type { ReactElement } from 'react'
import type { Mandate } from '../../ui/types.ts'
import { CopyId } from '../parts/CopyId.tsx'
import { Facts } from '../parts/Facts.tsx'
import { Bars, ErrorState } from '../parts/ListStates.tsx'
import { Page, Panel } from '../parts/Page.tsx'
import { Standing } from '../parts/Standing.tsx'
import { When } from '../parts/When.tsx'
import { AlarmPanel } from '../payers/AlarmPanel.tsx'
import { DevicesPanel } from '../payers/DevicesPanel.tsx'
import { LevelPanel } from '../payers/LevelPanel.tsx'
import { maskLogin } from '../payers/mask.ts'
import '../payers/payers.css'
import { RecentPayments } from '../payers/RecentPayments.tsx'
import type { PayerDetail } from '../payers/types.ts'
import { UnfreezeButton } from '../payers/UnfreezeButton.tsx'
import { UsePanel } from '../payers/UsePanel.tsx'
import { useForget, useOne } from '../resources.ts'
import { useEvents } from '../stream.tsx'
import { useText } from '../text.ts'

/** One payer: the level, what is used of the limits, the devices, and what was paid. */
export default function Payer(): ReactElement {
  const t = useText()
  const { id } = useParams({ strict: false })
  const payer = useOne<PayerDetail>(`/v1/payers/${id ?? ''}`)
  const forget = useForget()
  useEvents((event) => {
    if (event.type === 'device.changed' || event.type === 'code.alarm') void forget('/v1/payers')
    if (event.type.startsWith('payment.')) void forget('/v1/payments', '/v1/payers')
  })
  if (payer.data) return <Shown payer={payer.data} />
  return (
    <Page title={t('payers.one')}>
      {payer.error ? (
        <ErrorState error={payer.error} onRetry={() => void payer.refetch()} />
      ) : (
        <Bars rows={6} columns={2} />
      )}
    </Page>
  )
}

function Shown({ payer }: { payer: PayerDetail }): ReactElement {
  const t = useText()
  const mandate = useOne<Mandate>(`/v1/payers/${payer.id}/mandate`)
  const facts = [
    { label: t('payers.name'), value: payer.name },
    { label: t('payers.login'), value: maskLogin(payer.login) },
    { label: t('payers.since'), value: <When at={payer.created_at} full /> },
    { label: t('field.id'), value: <CopyId id={payer.id} what={t('field.id')} />, isWide: true },
  ]
  return (
    <Page
      title={payer.name}
      beside={<Standing group="payers.state_" word={payer.state} />}
      actions={payer.state === 'frozen' && <UnfreezeButton payer={payer} />}
    >
      <div className="ct-columns">
        <div>
          <Panel title={t('payers.who')}>
            <Facts facts={facts} />
          </Panel>
          {mandate.data ? (
            <>
              <LevelPanel payer={payer} mandate={mandate.data} />
              <UsePanel mandate={mandate.data} />
            </>
          ) : mandate.error ? (
            <ErrorState error={mandate.error} onRetry={() => void mandate.refetch()} />
          ) : (
            <Bars rows={4} columns={2} />
          )}
        </div>
        <div>
          <DevicesPanel payer={payer} />
          <AlarmPanel payer={payer} />
        </div>
      </div>
      <RecentPayments payer={payer} />
    </Page>
  )
}
