import { useState, type ReactElement } from 'react'
import { Icon } from '../../ui/icons.tsx'
import { Page } from '../parts/Page.tsx'
import { PinPad } from '../parts/PinPad.tsx'
import { pinProblem } from '../pay/pin-problem.ts'
import { Link } from '../router.ts'
import { api } from '../session.ts'
import { useWords } from '../text.ts'

type Step = 'current' | 'next' | 'again' | 'done'

/** Change the PIN: the one that is, the one that is to be, and that once more. */
export function PinScreen(): ReactElement {
  const t = useWords()
  const [step, setStep] = useState<Step>('current')
  const [current, setCurrent] = useState('')
  const [next, setNext] = useState('')
  const [isBusy, setBusy] = useState(false)
  const [problem, setProblem] = useState('')

  async function onPin(pin: string): Promise<void> {
    setProblem('')
    if (step === 'current') {
      setCurrent(pin)
      setStep('next')
    } else if (step === 'next') {
      setNext(pin)
      setStep('again')
    } else if (pin !== next) {
      setProblem(t('pin.not_same'))
      setStep('next')
    } else {
      await change(pin)
    }
  }

  async function change(pin: string): Promise<void> {
    setBusy(true)
    try {
      await api.post('/v1/payers/me/pin', { current_pin: current, new_pin: pin })
      setStep('done')
      // Codes for use without a network open with the PIN too; those that cannot follow say so then.
      import('../device/later.ts')
        .then(({ followPin }) => followPin(current, pin))
        .catch(reportError)
    } catch (thrown) {
      setProblem(pinProblem(thrown))
      setStep('current')
    } finally {
      setBusy(false)
    }
  }

  if (step === 'done') {
    return (
      <Page title={t('pin.change')} back="me">
        <div className="empty" role="status">
          <Icon name="check" size={40} />
          <p>{t('pin.changed')}</p>
          <Link to="me" className="button button-main">
            {t('result.done')}
          </Link>
        </div>
      </Page>
    )
  }
  const labels = { current: t('pin.current'), next: t('pin.new'), again: t('pin.again') }
  return (
    <Page title={t('pin.change')} back="me">
      <PinPad
        label={labels[step]}
        isBusy={isBusy}
        problem={problem}
        onPin={(pin) => void onPin(pin)}
      />
    </Page>
  )
}
