import type { ReactElement } from 'react'
import { Icon } from '../../ui/icons.tsx'
import { Sheet } from '../parts/Sheet.tsx'
import { useWords } from '../text.ts'
import { freezeAllDevices } from './device-calls.ts'
import { useAct } from './use-act.ts'

type FreezeAllSheetProps = { onChanged: () => void; onClose: () => void }

/** A phone is lost: all offline codes stop. Needs no PIN, because it must be quick and costs nothing. */
export function FreezeAllSheet({ onChanged, onClose }: FreezeAllSheetProps): ReactElement {
  const t = useWords()
  const { isBusy, problem, run } = useAct(() => {
    onChanged()
    onClose()
  })
  return (
    <Sheet title={t('devices.freeze_all_title')} onClose={onClose}>
      <p>{t('devices.freeze_all_why')}</p>
      {problem && (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
      <button
        type="button"
        className="button button-bad"
        disabled={isBusy}
        onClick={() => run(freezeAllDevices)}
      >
        {isBusy && <Icon name="spinner" />}
        {t('devices.freeze_all_yes')}
      </button>
      <button type="button" className="button button-quiet" data-first-focus onClick={onClose}>
        {t('action.cancel')}
      </button>
    </Sheet>
  )
}
