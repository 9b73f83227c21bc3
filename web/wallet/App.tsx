import { useEffect, type ReactElement } from 'react'
import { Icon, Logo, type IconName } from '../ui/icons.tsx'
import { BillScreen } from './bills/BillScreen.tsx'
import { BillsScreen } from './bills/BillsScreen.tsx'
import { CodeScreen } from './code/CodeScreen.tsx'
import { LiveProvider, useLive } from './live.tsx'
import { LimitsScreen } from './me/LimitsScreen.tsx'
import { MeScreen } from './me/MeScreen.tsx'
import { NoticesScreen } from './me/NoticesScreen.tsx'
import { useUnreadCount } from './me/use-notices.ts'
import { PinScreen } from './me/PinScreen.tsx'
import { TopUpScreen } from './me/TopUpScreen.tsx'
import { ConfirmScreen } from './pay/ConfirmScreen.tsx'
import { ResultScreen } from './pay/ResultScreen.tsx'
import { Link, usePath } from './router.ts'
import { lastKnownName, useSignedIn } from './session.ts'
import { SignIn } from './sign/SignIn.tsx'
import { SignUp } from './sign/SignUp.tsx'
import { useOnline } from './use-online.ts'
import { useWords } from './text.ts'

/** The payer's wallet. */
export function App(): ReactElement {
  const isSignedIn = useSignedIn()
  const path = usePath()
  if (!isSignedIn) return path === 'sign-up' ? <SignUp /> : <SignIn />
  return (
    <LiveProvider>
      <Screen path={path} />
    </LiveProvider>
  )
}

/** What asks for an answer comes first, then what has just ended, then where the payer is. */
function Screen({ path }: { path: string }): ReactElement {
  const { waiting, result } = useLive()
  const asked = waiting[0]
  if (asked) return <ConfirmScreen key={asked.id} payment={asked} />
  if (result) return <ResultScreen key={result.id} payment={result} />
  const [place = '', id] = path.split('/')
  if (place === 'bills' && id) return <BillScreen id={id} />
  if (place === 'top-up') return <TopUpScreen />
  if (place === 'notices') return <NoticesScreen />
  if (place === 'limits') return <LimitsScreen />
  if (place === 'pin') return <PinScreen />
  return <Home place={place} />
}

const tabs: { place: string; icon: IconName; word: 'tab.code' | 'tab.bills' | 'tab.me' }[] = [
  { place: '', icon: 'code', word: 'tab.code' },
  { place: 'bills', icon: 'bill', word: 'tab.bills' },
  { place: 'me', icon: 'user', word: 'tab.me' },
]

function Home({ place }: { place: string }): ReactElement {
  const t = useWords()
  const isCode = place !== 'bills' && place !== 'me'
  useEffect(() => {
    if (isCode) document.title = `${t('code.title')} · OneTill`
  }, [isCode, t])
  return (
    <div className={isCode ? 'home home-code' : 'home'}>
      {isCode && <TopBar />}
      {isCode && <CodeScreen />}
      {place === 'bills' && <BillsScreen />}
      {place === 'me' && <MeScreen />}
      <nav className="tabs" aria-label={t('tab.label')}>
        {tabs.map((tab) => {
          const isHere = tab.place === (isCode ? '' : place)
          return (
            <Link key={tab.place} to={tab.place} {...(isHere ? { 'aria-current': 'page' } : {})}>
              <Icon name={tab.icon} size={22} />
              {t(tab.word)}
            </Link>
          )
        })}
      </nav>
    </div>
  )
}

function TopBar(): ReactElement {
  const t = useWords()
  const isOnline = useOnline()
  const { streamState } = useLive()
  const unread = useUnreadCount()
  return (
    <header className="top">
      <Logo size={28} />
      <span className="top-name">{lastKnownName()}</span>
      <span className="top-state" role="status">
        {!isOnline && (
          <>
            <Icon name="offline" size={16} />
            {t('common.offline')}
          </>
        )}
        {isOnline && streamState === 'reconnecting' && t('stream.reconnecting')}
      </span>
      <Link to="notices" className="icon-button bell">
        <Icon name="bell" label={t('notices.title')} />
        {unread > 0 && (
          <span className="bell-dot">
            <span className="ot-hidden">{t('notices.unread', { count: unread })}</span>
          </span>
        )}
      </Link>
    </header>
  )
}
