import { useState, type ReactElement } from 'react'
import { LanguageSwitch, problemText } from '../../ui/i18n.tsx'
import { Icon, type IconName } from '../../ui/icons.tsx'
import { Money } from '../../ui/money.tsx'
import { setSoundSettings, soundSettings } from '../../ui/sound.ts'
import { ThemeSwitch } from '../../ui/ThemeSwitch.tsx'
import { SourceIcon } from '../accounts/SourceIcon.tsx'
import { sourceName } from '../accounts/source-words.ts'
import { usePayer, useSources } from '../accounts/use-sources.ts'
import { useUnreadNews } from '../feed/use-feed.ts'
import { Page } from '../parts/Page.tsx'
import { Link } from '../router.ts'
import { lastKnownName, leave } from '../session.ts'
import { useWords } from '../text.ts'
import { applyUpdate, useUpdateReady } from '../../ui/worker.ts'
import { useUnreadCount } from './use-notices.ts'

/** The payer's own page: accounts, limits, security, and how the wallet looks and sounds. */
export function MeScreen(): ReactElement {
  const t = useWords()
  const payer = usePayer()
  const isUpdateReady = useUpdateReady()
  return (
    <Page title={t('me.title')}>
      <section className="me-face">
        <span className="me-mark" aria-hidden>
          {(payer.value?.name ?? lastKnownName()).slice(0, 1) || '·'}
        </span>
        <span>
          <strong>{payer.value?.name ?? lastKnownName()}</strong>
          <span className="small">
            {payer.value?.login ?? (payer.problem ? problemText(payer.problem) : '')}
          </span>
        </span>
      </section>
      {payer.value?.state === 'frozen' && (
        <p className="banner banner-failed" role="alert">
          <Icon name="lock" />
          {t('code.frozen_why')}
        </p>
      )}
      {isUpdateReady && (
        <button type="button" className="banner banner-action" onClick={applyUpdate}>
          <Icon name="refresh" />
          {t('me.update')}
        </button>
      )}
      <Accounts />
      <Doors />
      <Settings />
      <SignOut />
    </Page>
  )
}

function Accounts(): ReactElement | null {
  const t = useWords()
  const sources = useSources()
  if (!sources.value) return null
  return (
    <section className="panel">
      <h2>{t('me.accounts')}</h2>
      <ul className="accounts">
        {sources.value.data.map((source) => (
          <li key={source.id}>
            <SourceIcon kind={source.kind} />
            <span>{sourceName(source)}</span>
            {source.balance !== null && <Money minor={source.balance} currency={source.currency} />}
          </li>
        ))}
      </ul>
      <Link to="accounts" className="button button-quiet">
        {t('accounts.manage')}
        <Icon name="chevronRight" size={16} />
      </Link>
    </section>
  )
}

function Doors(): ReactElement {
  const t = useWords()
  const unread = useUnreadCount()
  const news = useUnreadNews()
  const doors: { to: string; icon: IconName; name: string; note?: string }[] = [
    { to: 'top-up', icon: 'plus', name: t('topup.title') },
    {
      to: 'notices',
      icon: 'bell',
      name: t('notices.title'),
      ...(unread > 0 ? { note: t('notices.unread', { count: unread }) } : {}),
    },
    {
      ...{ to: 'feed', icon: 'shop', name: t('me.feed') },
      ...(news > 0 ? { note: t('me.feed_unread', { count: news }) } : {}),
    },
    { to: 'promotions', icon: 'tag', name: t('promotions.title') },
    { to: 'limits', icon: 'gauge', name: t('limits.title') },
    { to: 'pin', icon: 'lock', name: t('pin.change') },
    { to: 'devices', icon: 'offline', name: t('me.devices') },
  ]
  return (
    <nav className="doors" aria-label={t('me.title')}>
      {doors.map((door) => (
        <Link key={door.to} to={door.to}>
          <Icon name={door.icon} />
          <span>{door.name}</span>
          {door.note && <span className="unread">{door.note}</span>}
          <Icon name="chevronRight" size={16} />
        </Link>
      ))}
    </nav>
  )
}

function Settings(): ReactElement {
  const t = useWords()
  const [isMuted, setMuted] = useState(() => soundSettings().muted)
  function onSound(): void {
    setSoundSettings({ muted: !isMuted })
    setMuted(!isMuted)
  }
  return (
    <section className="panel settings">
      <div>
        <Icon name="globe" />
        <span>{t('me.language')}</span>
        <LanguageSwitch />
      </div>
      <div>
        <Icon name="moon" />
        <span>{t('theme.label')}</span>
        <ThemeSwitch />
      </div>
      <div>
        <Icon name={isMuted ? 'mute' : 'sound'} />
        <span id="sound-label">{t('me.sound')}</span>
        <button
          type="button"
          role="switch"
          className="switch"
          aria-checked={!isMuted}
          aria-labelledby="sound-label"
          onClick={onSound}
        />
      </div>
    </section>
  )
}

function SignOut(): ReactElement {
  const t = useWords()
  const [isBusy, setBusy] = useState(false)
  async function onLeave(): Promise<void> {
    setBusy(true)
    try {
      await leave()
    } catch {
      // Without network the session ends here only; the server lets it run out.
    }
  }
  return (
    <button
      type="button"
      className="button button-quiet"
      disabled={isBusy}
      onClick={() => void onLeave()}
    >
      <Icon name="signOut" />
      {t('action.sign_out')}
    </button>
  )
}
