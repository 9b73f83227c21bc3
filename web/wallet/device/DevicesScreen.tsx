import { useState, type ReactElement } from 'react'
import { formatDate, formatDateTime } from '../../ui/i18n.tsx'
import { Icon, type IconName } from '../../ui/icons.tsx'
import { useLive } from '../live.tsx'
import { Page } from '../parts/Page.tsx'
import { Failed, Skeleton } from '../parts/states.tsx'
import { useWords } from '../text.ts'
import { useLoad } from '../use-load.ts'
import { FreezeAllSheet } from './FreezeAllSheet.tsx'
import { DeviceSheet } from './DeviceSheet.tsx'
import { readDevices, type Device } from './device-calls.ts'
import { sync } from './fill.ts'
import { PasskeyPanel } from './PasskeyPanel.tsx'
import { ThisDevicePanel } from './ThisDevicePanel.tsx'
import { useThisDevice } from './this-device.ts'

/** Codes for when there is no network, on this device, and all devices that have some. */
export function DevicesScreen(): ReactElement {
  const t = useWords()
  const { version } = useLive()
  const devices = useLoad(readDevices, version)
  const { summary } = useThisDevice()
  const [chosen, setChosen] = useState<Device | null>(null)
  const [isFreezing, setFreezing] = useState(false)
  const ownId = summary?.kind === 'kept' ? summary.deviceId : null
  const shown = devices.value?.filter(({ state }) => state !== 'revoked')

  function onChanged(): void {
    devices.reload()
    void sync()
  }

  return (
    <Page title={t('me.devices')} back="me">
      <ThisDevicePanel onChanged={onChanged} />
      {summary?.kind === 'kept' && <PasskeyPanel summary={summary} />}
      <h2 className="devices-head">{t('devices.mine')}</h2>
      {!shown && devices.problem && <Failed problem={devices.problem} onRetry={devices.reload} />}
      {!shown && !devices.problem && <Skeleton rows={2} />}
      {shown?.length === 0 && <p className="small devices-none">{t('devices.none')}</p>}
      {shown && shown.length > 0 && (
        <ul className="list">
          {shown.map((device) => (
            <li key={device.id}>
              <DeviceRow
                device={device}
                isHere={device.id === ownId}
                onChoose={() => setChosen(device)}
              />
            </li>
          ))}
        </ul>
      )}
      {shown?.some(({ state }) => state === 'active') && (
        <section className="devices-lost">
          <p>{t('devices.lost')}</p>
          <button
            type="button"
            className="button button-quiet-bad"
            onClick={() => setFreezing(true)}
          >
            <Icon name="lock" />
            {t('devices.freeze_all')}
          </button>
        </section>
      )}
      {chosen && (
        <DeviceSheet device={chosen} onChanged={onChanged} onClose={() => setChosen(null)} />
      )}
      {isFreezing && <FreezeAllSheet onChanged={onChanged} onClose={() => setFreezing(false)} />}
    </Page>
  )
}

type DeviceRowProps = { device: Device; isHere: boolean; onChoose: () => void }

const icons: Record<Device['state'], IconName> = {
  active: 'check',
  frozen: 'lock',
  revoked: 'cross',
}

function DeviceRow({ device, isHere, onChoose }: DeviceRowProps): ReactElement {
  const t = useWords()
  return (
    <button type="button" className="account" onClick={onChoose}>
      <span className="source-icon">
        <Icon name="tablet" />
      </span>
      <span className="account-words">
        <span className="account-name">
          {device.name}
          {isHere && <span className="device-here">{t('devices.here')}</span>}
        </span>
        <span className="small">
          {device.last_seen_at
            ? t('devices.seen', { time: formatDateTime(device.last_seen_at) })
            : t('devices.since', { date: formatDate(device.created_at) })}
        </span>
      </span>
      <span className={`device-state device-${device.state}`}>
        <Icon name={icons[device.state]} size={16} />
        {t(`devices.state.${device.state}`)}
      </span>
      <Icon name="chevronRight" size={16} />
    </button>
  )
}
