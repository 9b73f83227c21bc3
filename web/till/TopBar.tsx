import { Button } from 'antd'
import { useEffect, useState, type ReactElement } from 'react'
import { useTranslation } from 'react-i18next'
import { formatTime, setLanguage, useT } from '../ui/i18n.tsx'
import { Icon, Logo, type IconName } from '../ui/icons.tsx'
import { setSoundSettings, soundSettings } from '../ui/sound.ts'
import { setThemeChoice, useThemeMode } from '../ui/theme-mode.ts'
import { AsideButton } from './AsideNews.tsx'
import { connectionStore, type Connection } from './connection.ts'
import { api, usePrincipal } from './server.ts'
import { useStore } from './store.ts'
import { show, till } from './till.ts'

/**
 * Where the cashier is: store, till, connection, time, and the few switches of a till. `isBare` leaves
 * out the ways to other screens.
 */
export function TopBar({ isBare = false }: { isBare?: boolean }): ReactElement {
  const t = useT()
  const { data: principal } = usePrincipal()
  const zone = principal?.institution.time_zone
  const screen = useStore(till, (state) => state.screen)
  return (
    <header className="till-top">
      <Logo size={28} />
      <div className="till-place" data-testid="till-place">
        <strong>{principal?.store?.name ?? ' '}</strong>
        <span>{principal?.terminal?.name ?? ' '}</span>
      </div>
      <ConnectionMark />
      <Clock {...(zone ? { zone } : {})} />
      <nav className="till-top-actions" aria-label={t('till.menu')}>
        {isBare ? null : screen === 'recent' || screen === 'aside' ? (
          <BarButton
            icon="back"
            label={t('till.to_sell')}
            keys="Esc"
            onClick={() => show('sell')}
          />
        ) : (
          <BarButton
            icon="bill"
            label={t('till.recent')}
            keys="F7"
            onClick={() => show('recent')}
          />
        )}
        {!isBare && <AsideButton />}
        {!isBare && (
          <BarButton
            icon="help"
            label={t('till.help')}
            keys="F1"
            onClick={() => till.set({ isHelpOpen: true })}
          />
        )}
        <span className="till-switches">
          <LanguageButton />
          <ThemeButton />
          <SoundButton />
        </span>
      </nav>
    </header>
  )
}

// A pressed button gives the focus back: the next scan or Enter is not for it.
function keepFocus(event: { preventDefault: () => void }): void {
  event.preventDefault()
}

type BarButtonProps = {
  icon: IconName | 'help'
  label: string
  keys: string
  onClick: () => void
}

function BarButton({ icon, label, keys, onClick }: BarButtonProps): ReactElement {
  return (
    <Button
      type="text"
      onMouseDown={keepFocus}
      onClick={onClick}
      aria-label={`${label} ${keys}`}
      title={`${label} ${keys}`}
    >
      {icon === 'help' ? <b aria-hidden>?</b> : <Icon name={icon} size={18} />}
      <span className="till-wide-only">{label}</span>
      <kbd>{keys}</kbd>
    </Button>
  )
}

const dots: Record<Connection, string> = {
  online: 'succeeded',
  connecting: 'waiting',
  offline: 'failed',
}

function ConnectionMark(): ReactElement {
  const t = useT()
  const state = useStore(connectionStore, (value) => value.state)
  return (
    <span
      className={`till-connection ot-tone-${dots[state]}`}
      role="status"
      data-testid="till-connection"
      data-state={state}
    >
      {state === 'offline' ? <Icon name="offline" size={16} /> : <i aria-hidden />}
      {t(`till.connection_${state}`)}
    </span>
  )
}

function Clock({ zone }: { zone?: string }): ReactElement {
  const [nowMs, setNowMs] = useState(() => api.serverNow())
  useEffect(() => {
    const timer = setInterval(() => setNowMs(api.serverNow()), 1_000)
    return () => clearInterval(timer)
  }, [])
  return <time className="till-clock">{formatTime(nowMs, zone).slice(0, 5)}</time>
}

function LanguageButton(): ReactElement {
  const t = useT()
  const isEnglish = useTranslation().i18n.language === 'en'
  return (
    <Button
      type="text"
      onMouseDown={keepFocus}
      aria-label={t('till.language')}
      title={t('till.language')}
      onClick={() => setLanguage(isEnglish ? 'zh-CN' : 'en')}
    >
      <span lang={isEnglish ? 'zh-CN' : 'en'}>{isEnglish ? '中' : 'EN'}</span>
    </Button>
  )
}

function ThemeButton(): ReactElement {
  const t = useT()
  const { mode } = useThemeMode()
  const next = mode === 'dark' ? 'light' : 'dark'
  return (
    <Button
      type="text"
      onMouseDown={keepFocus}
      aria-label={`${t('theme.label')}: ${t(`theme.${next}`)}`}
      title={t(`theme.${next}`)}
      onClick={() => setThemeChoice(next)}
    >
      <Icon name={mode === 'dark' ? 'sun' : 'moon'} size={18} />
    </Button>
  )
}

function SoundButton(): ReactElement {
  const t = useT()
  const [isMuted, setIsMuted] = useState(() => soundSettings().muted)
  const label = t(isMuted ? 'till.sound_on' : 'till.sound_off')
  const toggle = (): void => {
    setSoundSettings({ muted: !isMuted })
    setIsMuted(!isMuted)
  }
  return (
    <Button
      type="text"
      onMouseDown={keepFocus}
      aria-label={label}
      title={label}
      onClick={toggle}
      data-testid="till-sound"
    >
      <Icon name={isMuted ? 'mute' : 'sound'} size={18} />
    </Button>
  )
}
