import { useState, type ReactElement } from 'react'
import type { Mandate } from '../../ui/types.ts'
import { PinPad } from '../parts/PinPad.tsx'
import { Sheet } from '../parts/Sheet.tsx'
import { pinProblem } from '../pay/pin-problem.ts'
import { api } from '../session.ts'
import { useWords } from '../text.ts'
import type { Change } from './draft.ts'

type PinSheetProps = {
  change: Change
  onClose: () => void
  onSaved: (mandate: Mandate) => void
}

/** Asks for the PIN and saves. */
export function PinSheet({ change, onClose, onSaved }: PinSheetProps): ReactElement {
  const t = useWords()
  const [isBusy, setBusy] = useState(false)
  const [problem, setProblem] = useState('')
  async function onPin(pin: string): Promise<void> {
    setBusy(true)
    setProblem('')
    try {
      onSaved(await api.patch<Mandate>('/v1/mandates/current', { ...change, pin }))
    } catch (thrown) {
      setProblem(pinProblem(thrown))
      setBusy(false)
    }
  }
  return (
    <Sheet title={t('limits.needs_pin')} onClose={onClose}>
      <PinPad
        label={t('pin.label')}
        isBusy={isBusy}
        problem={problem}
        onPin={(pin) => void onPin(pin)}
      />
    </Sheet>
  )
}
