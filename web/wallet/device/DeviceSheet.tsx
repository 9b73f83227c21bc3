import { useState, type ReactElement } from 'react'
import { Icon } from '../../ui/icons.tsx'
import { PinPad } from '../parts/PinPad.tsx'
import { Sheet } from '../parts/Sheet.tsx'
import { useWords } from '../text.ts'
import { freezeDevice, revokeDevice, unfreezeDevice, type Device } from './device-calls.ts'
import { useAct } from './use-act.ts'

type DeviceSheetProps = { device: Device; onChanged: () => void; onClose: () => void }

/** One device: freeze it, let it go on, or remove it for ever. */
export function DeviceSheet({ device, onChanged, onClose }: DeviceSheetProps): ReactElement {
  const t = useWords()
  const [step, setStep] = useState<'choose' | 'unfreeze' | 'revoke'>('choose')
  const { isBusy, problem, run } = useAct(() => {
    onChanged()
    onClose()
  })
  const { id, name } = device
  const warning = problem && (
    <p className="problem" role="alert">
      {problem}
    </p>
  )
  if (step === 'unfreeze') {
    return (
      <Sheet title={t('devices.unfreeze')} onClose={onClose}>
        <PinPad
          label={t('devices.unfreeze_pin', { name })}
          isBusy={isBusy}
          problem={problem}
          onPin={(pin) => run(() => unfreezeDevice(id, pin))}
        />
      </Sheet>
    )
  }
  if (step === 'revoke') {
    return (
      <Sheet title={t('devices.revoke_title', { name })} onClose={onClose}>
        {warning}
        <Revoke
          isBusy={isBusy}
          onYes={() => run(() => revokeDevice(id))}
          onNo={() => setStep('choose')}
        />
      </Sheet>
    )
  }
  return (
    <Sheet title={name} onClose={onClose}>
      {warning}
      {device.state === 'active' ? (
        <>
          <p>{t('devices.freeze_why')}</p>
          <button
            type="button"
            className="button button-main"
            disabled={isBusy}
            onClick={() => run(() => freezeDevice(id))}
          >
            <Icon name={isBusy ? 'spinner' : 'lock'} />
            {t('devices.freeze')}
          </button>
        </>
      ) : (
        <button type="button" className="button button-main" onClick={() => setStep('unfreeze')}>
          {t('devices.unfreeze')}
        </button>
      )}
      <button
        type="button"
        className="button button-quiet button-quiet-bad"
        onClick={() => setStep('revoke')}
      >
        {t('devices.revoke')}
      </button>
    </Sheet>
  )
}

type RevokeProps = { isBusy: boolean; onYes: () => void; onNo: () => void }

function Revoke({ isBusy, onYes, onNo }: RevokeProps): ReactElement {
  const t = useWords()
  return (
    <>
      <p>{t('devices.revoke_why')}</p>
      <button type="button" className="button button-bad" disabled={isBusy} onClick={onYes}>
        {isBusy && <Icon name="spinner" />}
        {t('devices.revoke_yes')}
      </button>
      <button type="button" className="button button-quiet" data-first-focus onClick={onNo}>
        {t('devices.keep')}
      </button>
    </>
  )
}
