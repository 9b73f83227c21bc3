import { Button } from 'antd'
import { useState, type ReactElement } from 'react'
import { formatDate } from '../../ui/i18n.tsx'
import type { List, Payer } from '../../ui/types.ts'
import { Bars, EmptyState, ErrorState } from '../parts/ListStates.tsx'
import { Panel } from '../parts/Page.tsx'
import { Standing } from '../parts/Standing.tsx'
import { When } from '../parts/When.tsx'
import { api, useOne } from '../resources.ts'
import { useZone } from '../session.tsx'
import { useText } from '../text.ts'
import { ReasonDrawer } from './ReasonDrawer.tsx'
import type { PayerDevice } from './types.ts'

type Reason = { reason: string }
type Act = 'freeze' | 'unfreeze' | 'revoke'
const states = { freeze: 'frozen', unfreeze: 'active', revoke: 'revoked' } as const

/** The payer's phones: what a lost one needs is freezing, by whoever picks up the telephone. */
export function DevicesPanel({ payer }: { payer: Payer }): ReactElement {
  const t = useText()
  const devices = useOne<List<PayerDevice>>(`/v1/payers/${payer.id}/devices`, { limit: 100 })
  const [acting, setActing] = useState<{ act: Act; device: PayerDevice } | null>(null)
  const [isFreezing, setFreezing] = useState(false)
  const all = devices.data?.data ?? []
  const freezeAll = all.some(({ state }) => state === 'active') && (
    <Button size="small" danger onClick={() => setFreezing(true)} data-testid="freeze-all">
      {t('payers.freeze_all')}
    </Button>
  )
  return (
    <Panel title={t('payers.devices')} aside={freezeAll}>
      {devices.error && !devices.data ? (
        <ErrorState error={devices.error} onRetry={() => void devices.refetch()} />
      ) : !devices.data ? (
        <Bars rows={2} columns={3} />
      ) : all.length === 0 ? (
        <EmptyState title={t('payers.devices_empty')} detail={t('payers.devices_empty_detail')} />
      ) : (
        <ul className="ct-devices" data-testid="devices">
          {all.map((device) => (
            <DeviceRow
              key={device.id}
              device={device}
              onAct={(act) => setActing({ act, device })}
            />
          ))}
        </ul>
      )}
      {acting && <ChangeDevice {...acting} onClose={() => setActing(null)} />}
      {isFreezing && (
        <ReasonDrawer<Reason>
          title={t('payers.freeze_all_title', { name: payer.name })}
          note={t('payers.freeze_all_note')}
          submitText={t('payers.freeze_all')}
          example={t('payers.reason_device')}
          send={(body) => api.post(`/v1/payers/${payer.id}/freeze_devices`, body)}
          onClose={() => setFreezing(false)}
        />
      )}
    </Panel>
  )
}

type RowProps = { device: PayerDevice; onAct: (act: Act) => void }

function DeviceRow({ device, onAct }: RowProps): ReactElement {
  const t = useText()
  const zone = useZone()
  const { state } = device
  const acts: Act[] =
    state === 'revoked' ? [] : [state === 'frozen' ? 'unfreeze' : 'freeze', 'revoke']
  return (
    <li data-state={state}>
      <div>
        <strong>{device.name}</strong> <Standing group="payers.device_state_" word={device.state} />
        <div className="ct-small">
          {t('payers.device_number', { number: device.number })} · {device.platform} ·{' '}
          {t('payers.device_since', { date: formatDate(device.created_at, zone) })} ·{' '}
          {device.last_seen_at ? (
            <>
              {t('payers.device_seen')} <When at={device.last_seen_at} />
            </>
          ) : (
            t('payers.device_never_seen')
          )}
          {clockText(device, t)}
        </div>
      </div>
      <div className="ct-actions">
        {acts.map((act) => (
          <Button
            key={act}
            size="small"
            danger={act !== 'unfreeze'}
            onClick={() => onAct(act)}
            data-testid={`device-${act}`}
          >
            {t(`payers.device_${act}`)}
          </Button>
        ))}
      </div>
    </li>
  )
}

// A code counts a minute early or late; a clock that is off by less is not worth a word.
const worthAWordMs = 30_000

function clockText({ clock_offset_ms: offMs }: PayerDevice, t: ReturnType<typeof useText>): string {
  if (offMs === null || Math.abs(offMs) < worthAWordMs) return ''
  const seconds = Math.round(Math.abs(offMs) / 1000)
  return ` · ${t(offMs > 0 ? 'payers.device_clock' : 'payers.device_clock_ahead', { seconds })}`
}

type ChangeProps = { device: PayerDevice; act: Act; onClose: () => void }

function ChangeDevice({ device, act, onClose }: ChangeProps): ReactElement {
  const t = useText()
  return (
    <ReasonDrawer<Reason>
      title={t(`payers.device_${act}_title`, { name: device.name })}
      note={t(`payers.device_${act}_note`)}
      submitText={t(`payers.device_${act}`)}
      example={t('payers.reason_device')}
      send={(body) => api.patch(`/v1/devices/${device.id}`, { ...body, state: states[act] })}
      onClose={onClose}
    />
  )
}
