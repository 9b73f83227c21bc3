import { useState, type ReactElement } from 'react'
import { useT } from '../ui/i18n.tsx'
import { Icon } from '../ui/icons.tsx'
import { Action } from './Action.tsx'
import { Amount } from './Amount.tsx'
import { openAsides } from './aside.ts'
import { Ask } from './Ask.tsx'
import { Camera } from './Camera.tsx'
import { askCancelSale } from './cancel-sale.ts'
import { showQr } from './charge.ts'
import { CodeField, PartField } from './CollectFields.tsx'
import { isConnected } from './connection.ts'
import { useKeys } from './keys.ts'
import { NoteStrip } from './NoteStrip.tsx'
import { confirmWaiting, forgetWaiting, takeScan } from './scans.ts'
import { useStore } from './store.ts'
import { Tenders } from './Tenders.tsx'
import { hush, say, show, tenderMinor, till } from './till.ts'

type Way = 'scanner' | 'camera' | 'manual' | 'part'

/** The amount, as large as the screen allows, and the one thing to do: scan the customer's code. */
export function Collect(): ReactElement {
  const t = useT()
  const state = useStore(till, (value) => value)
  const { confirming, currency, tenders } = state
  const { way, setWay, toggle } = useWay()
  const isHalfPaid = tenders.length > 0
  const isPart = isHalfPaid || state.partMinor !== null
  const back = (): void => {
    if (way !== 'scanner') return setWay('scanner')
    forgetWaiting()
    if (isHalfPaid) askCancelSale()
    else show('sell')
  }
  useCollectKeys({ back, toggle, isAsking: confirming !== null })
  return (
    <div
      className="till-screen till-collect"
      data-testid="till-collect-screen"
      data-screen="collect"
    >
      <main>
        <p className="till-collect-label">
          {t(isHalfPaid ? 'collect.label_rest' : isPart ? 'collect.label_part' : 'collect.label')}
        </p>
        <Amount className="till-huge" minor={tenderMinor(state)} currency={currency} />
        <Tenders />
        <div className="till-collect-way">
          {confirming ? (
            <Ask
              question={t('collect.confirm', { masked: confirming.masked })}
              hint={t('collect.confirm_hint')}
              yes={t('collect.charge')}
              no={t('action.cancel')}
              onYes={confirmWaiting}
              onNo={forgetWaiting}
              isDanger={false}
              testId="collect-confirm"
            />
          ) : (
            <WayPanel way={way} onEnd={() => setWay('scanner')} />
          )}
        </div>
      </main>
      <NoteStrip />
      <Actions way={way} toggle={toggle} back={back} isHalfPaid={isHalfPaid} />
    </div>
  )
}

function useWay() {
  const [way, setWay] = useState<Way>('scanner')
  const toggle = (next: Way) => (): void => {
    hush()
    setWay(way === next ? 'scanner' : next)
  }
  return { way, setWay, toggle }
}

type Toggle = (next: Way) => () => void

/** A code for the customer to scan, for the amount that stands on the screen. */
function showCode(): void {
  if (!isConnected()) return say({ tone: 'bad', key: 'till.offline' })
  forgetWaiting()
  showQr()
}

function useCollectKeys(options: { back: () => void; toggle: Toggle; isAsking: boolean }): void {
  const { back, toggle, isAsking } = options
  const isHelpOpen = useStore(till, (state) => state.isHelpOpen)
  useKeys(
    {
      Escape: isAsking ? forgetWaiting : back,
      F2: toggle('manual'),
      F3: toggle('camera'),
      F4: toggle('part'),
      F6: showCode,
      'Shift+F6': () => openAsides(),
      F1: () => till.set({ isHelpOpen: true }),
      '?': () => till.set({ isHelpOpen: true }),
      Enter: confirmWaiting,
      // Everything that would begin something else stands still here.
      F7: () => undefined,
      F8: () => undefined,
      F9: () => undefined,
      'Ctrl+p': () => undefined,
    },
    !isHelpOpen,
  )
}

type ActionsProps = { way: Way; toggle: Toggle; back: () => void; isHalfPaid: boolean }

function Actions({ way, toggle, back, isHalfPaid }: ActionsProps): ReactElement {
  const t = useT()
  const isBack = !isHalfPaid || way !== 'scanner'
  return (
    <footer className="till-actions">
      <Action
        label={t(isBack ? 'action.back' : 'cancel.open')}
        keys="Esc"
        onClick={back}
        icon={isBack ? 'back' : 'undo'}
        testId="collect-back"
      />
      <Action
        label={t('collect.manual')}
        keys="F2"
        onClick={toggle('manual')}
        icon="code"
        isOn={way === 'manual'}
      />
      <Action
        label={t('collect.camera')}
        keys="F3"
        onClick={toggle('camera')}
        icon="scan"
        isOn={way === 'camera'}
      />
      <Action
        label={t('collect.part')}
        keys="F4"
        onClick={toggle('part')}
        icon="split"
        isOn={way === 'part'}
        testId="collect-part"
      />
      <Action
        label={t('collect.show_qr')}
        keys="F6"
        onClick={showCode}
        icon="qr"
        testId="collect-qr"
      />
    </footer>
  )
}

function WayPanel({ way, onEnd }: { way: Way; onEnd: () => void }): ReactElement {
  const t = useT()
  if (way === 'manual') return <CodeField onEnd={onEnd} />
  if (way === 'part') return <PartField onEnd={onEnd} />
  if (way === 'scanner') {
    return (
      <p className="till-prompt" data-testid="collect-prompt" role="status">
        <Icon name="scan" size={72} />
        <strong>{t('collect.prompt')}</strong>
        <span>{t('collect.prompt_hint')}</span>
      </p>
    )
  }
  return <Camera onText={(text) => void takeScan(text)} />
}
