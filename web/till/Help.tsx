import { Modal, Segmented, Switch } from 'antd'
import { useState, type ReactElement } from 'react'
import { LanguageSwitch, useT } from '../ui/i18n.tsx'
import { setSoundSettings, soundSettings } from '../ui/sound.ts'
import { ThemeSwitch } from '../ui/ThemeSwitch.tsx'
import { applyUpdate, useUpdateReady } from '../ui/worker.ts'
import { install, installStore } from './install.ts'
import type { Options } from './kept.ts'
import { useKeys } from './keys.ts'
import { positionStore, watchPosition } from './position.ts'
import { useStore } from './store.ts'
import { setOptions, till } from './till.ts'

// One list for each kind of screen: the same key does what is meant there.
const inSale = [
  ['F2', 'keys.keypad'],
  ['F3', 'keys.search'],
  ['F4 *', 'keys.quantity'],
  ['+ −', 'keys.more_less'],
  ['↑ ↓', 'keys.select'],
  ['Del', 'keys.remove'],
  ['Ctrl Del', 'keys.clear'],
  ['Ctrl Z', 'keys.undo'],
  ['F6', 'keys.aside'],
  ['F7', 'keys.recent'],
  ['F8', 'keys.refund'],
  ['F9', 'keys.collect'],
  ['F10', 'keys.reprint'],
  ['P · Ctrl P', 'keys.print'],
  ['Enter', 'keys.enter'],
  ['Esc', 'keys.escape'],
  ['F1 ?', 'keys.help'],
] as const
const inCollect = [
  ['F2', 'keys.manual'],
  ['F3', 'keys.camera'],
  ['F4', 'keys.part'],
  ['F6', 'keys.show_qr'],
  ['F3', 'keys.ask_now'],
  ['F6', 'keys.put_aside'],
] as const
const inRefund = [
  ['F2', 'keys.reason'],
  ['F4', 'keys.whole'],
] as const
const lists = [
  { title: 'help.in_sale', shortcuts: inSale },
  { title: 'help.in_collect', shortcuts: inCollect },
  { title: 'help.in_refund', shortcuts: inRefund },
] as const

const close = (): void => till.set({ isHelpOpen: false })

/** Every key of the till on one page, and the few things that a cashier sets on this device. */
export function Help(): ReactElement {
  const t = useT()
  useKeys({ F1: close, '?': close, Escape: close })
  return (
    <Modal open title={t('help.title')} footer={null} onCancel={close} width={760} centered>
      <div className="till-help" data-testid="till-help">
        <KeyList {...lists[0]} />
        <div>
          <KeyList {...lists[1]} />
          <KeyList {...lists[2]} />
          <Settings />
        </div>
      </div>
    </Modal>
  )
}

function KeyList({ title, shortcuts }: (typeof lists)[number]): ReactElement {
  const t = useT()
  return (
    <section>
      <h3>{t(title)}</h3>
      <dl>
        {shortcuts.map(([keys, text]) => (
          <div key={text}>
            <dt>
              <kbd>{keys}</kbd>
            </dt>
            <dd>{t(text)}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}

function Settings(): ReactElement {
  const t = useT()
  const { paperMm, singleKeys } = useStore(till, (state) => state.options)
  return (
    <div className="till-settings">
      <Setting label={t('help.paper')}>
        <Segmented<Options['paperMm']>
          value={paperMm}
          options={[
            { value: 58, label: '58 mm' },
            { value: 80, label: '80 mm' },
          ]}
          onChange={(value) => setOptions({ paperMm: value })}
        />
      </Setting>
      <SoundSettings />
      <Setting label={t('help.single_keys')}>
        <Switch
          checked={singleKeys}
          onChange={(checked) => setOptions({ singleKeys: checked })}
          aria-label={t('help.single_keys')}
        />
      </Setting>
      <PositionSetting />
      <InstallSetting />
      <Setting label={t('till.language')}>
        <LanguageSwitch />
      </Setting>
      <Setting label={t('theme.label')}>
        <ThemeSwitch />
      </Setting>
    </div>
  )
}

function SoundSettings(): ReactElement {
  const t = useT()
  const [sound, setSound] = useState(soundSettings)
  const change = (part: Partial<typeof sound>): void => {
    setSoundSettings(part)
    setSound(soundSettings())
  }
  return (
    <>
      <Setting label={t('help.sound')}>
        <Switch
          checked={!sound.muted}
          onChange={(checked) => change({ muted: !checked })}
          aria-label={t('help.sound')}
        />
      </Setting>
      <Setting label={t('help.voice')}>
        <Switch
          checked={sound.voice}
          disabled={sound.muted}
          onChange={(voice) => change({ voice })}
          aria-label={t('help.voice')}
        />
      </Setting>
    </>
  )
}

function PositionSetting(): ReactElement {
  const t = useT()
  const state = useStore(positionStore, (value) => value.state)
  return (
    <Setting label={t('help.position')}>
      {state === 'unasked' ? (
        <button type="button" className="till-link" onClick={watchPosition}>
          {t('help.position_allow')}
        </button>
      ) : (
        <span>{t(`help.position_${state}`)}</span>
      )}
    </Setting>
  )
}

function InstallSetting(): ReactElement {
  const t = useT()
  const mayInstall = useStore(installStore, (state) => state.mayInstall)
  const isUpdateReady = useUpdateReady()
  // Never in the middle of a payment: the new version loads the page again.
  const isFree = useStore(till, ({ attempt }) => attempt === null)
  return (
    <>
      {mayInstall && (
        <Setting label={t('help.install')}>
          <button type="button" className="till-link" onClick={install}>
            {t('help.install_now')}
          </button>
        </Setting>
      )}
      {isUpdateReady && isFree && (
        <Setting label={t('help.update')}>
          <button type="button" className="till-link" onClick={applyUpdate}>
            {t('help.update_now')}
          </button>
        </Setting>
      )}
    </>
  )
}

function Setting(props: { label: string; children: React.ReactNode }): ReactElement {
  return (
    <div>
      <span>{props.label}</span>
      {props.children}
    </div>
  )
}
