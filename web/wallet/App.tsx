import { lazy, Suspense, useEffect, type ReactElement } from 'react'
import { Icon, Logo, type IconName } from '../ui/icons.tsx'
import { BillScreen } from './bills/BillScreen.tsx'
import { BillsScreen } from './bills/BillsScreen.tsx'
import { CodeScreen } from './code/CodeScreen.tsx'
import { LiveProvider, useLive } from './live.tsx'
import { MeScreen } from './me/MeScreen.tsx'
import { NoticesScreen } from './me/NoticesScreen.tsx'
import { useUnreadCount } from './me/use-notices.ts'
import { Skeleton } from './parts/states.tsx'
import { ConfirmScreen } from './pay/ConfirmScreen.tsx'
import { ResultScreen } from './pay/ResultScreen.tsx'
import { Link, usePath } from './router.ts'
import { lastKnownName, useSignedIn } from './session.ts'
import { SignIn } from './sign/SignIn.tsx'
import { SignUp } from './sign/SignUp.tsx'
import { useOnline } from './use-online.ts'
import { useWords } from './text.ts'

// What is not the payer's own code comes after it, so that the code is there sooner. The worker keeps
// these too, for a start without network.
const AccountsScreen = lazy(async () => {
  const { AccountsScreen } = await import('./screens-later.ts')
  return { default: AccountsScreen }
})
const LinkScreen = lazy(async () => {
  const { LinkScreen } = await import('./screens-later.ts')
  return { default: LinkScreen }
})
const PromotionsScreen = lazy(async () => {
  const { PromotionsScreen } = await import('./screens-later.ts')
  return { default: PromotionsScreen }
})
const PayScreen = lazy(async () => {
  const { PayScreen } = await import('./screens-later.ts')
  return { default: PayScreen }
})
const ScanScreen = lazy(async () => {
  const { ScanScreen } = await import('./screens-later.ts')
  return { default: ScanScreen }
})
const PinScreen = lazy(async () => {
  const { PinScreen } = await import('./screens-later.ts')
  return { default: PinScreen }
})
const TopUpScreen = lazy(async () => {
  const { TopUpScreen } = await import('./screens-later.ts')
  return { default: TopUpScreen }
})
const DevicesScreen = lazy(async () => {
  const { DevicesScreen } = await import('./device/later.ts')
  return { default: DevicesScreen }
})

const LimitsScreen = lazy(async () => {
  const { LimitsScreen } = await import('./limits/later.ts')
  return { default: LimitsScreen }
})

const FeedScreen = lazy(async () => {
  const { FeedScreen } = await import('./feed/later.ts')
  return { default: FeedScreen }
})
const NewsScreen = lazy(async () => {
  const { NewsScreen } = await import('./feed/later.ts')
  return { default: NewsScreen }
})
const SubscriptionsScreen = lazy(async () => {
  const { SubscriptionsScreen } = await import('./feed/later.ts')
  return { default: SubscriptionsScreen }
})

/** The payer's wallet. */
export function App(): ReactElement {
  const isSignedIn = useSignedIn()
  const path = usePath()
  if (!isSignedIn) return path === 'sign-up' ? <SignUp /> : <SignIn />
  return (
    <LiveProvider>
      <Suspense fallback={<Coming />}>
        <Screen path={path} />
      </Suspense>
    </LiveProvider>
  )
}

function Coming(): ReactElement {
  return (
    <main className="page">
      <Skeleton rows={4} />
    </main>
  )
}

/** What asks for an answer comes first, then what has just ended, then where the payer is. */
function Screen({ path }: { path: string }): ReactElement {
  const { waiting, result } = useLive()
  const asked = waiting[0]
  if (asked) return <ConfirmScreen key={asked.id} asked={asked} />
  if (result) return <ResultScreen key={result.id} spending={result} />
  const [place = '', id, third] = path.split('/')
  if (place === 'bills' && id) return <BillScreen id={id} />
  if (place === 'pay' && id) return <PayScreen key={id} token={id} />
  if (place === 'accounts' && id === 'link' && third) return <LinkScreen key={third} id={third} />
  if (place === 'accounts') return <AccountsScreen />
  if (place === 'promotions') return <PromotionsScreen />
  if (place === 'top-up') return <TopUpScreen />
  if (place === 'notices') return <NoticesScreen />
  if (place === 'feed' && id) return <NewsScreen key={id} id={id} />
  if (place === 'feed') return <FeedScreen />
  if (place === 'subscriptions') return <SubscriptionsScreen />
  if (place === 'limits') return <LimitsScreen />
  if (place === 'pin') return <PinScreen />
  if (place === 'devices') return <DevicesScreen />
  return <Home place={place} />
}

type TabWord = 'tab.code' | 'tab.scan' | 'tab.bills' | 'tab.me'

const tabs: { place: string; icon: IconName; word: TabWord }[] = [
  { place: '', icon: 'code', word: 'tab.code' },
  { place: 'scan', icon: 'scan', word: 'tab.scan' },
  { place: 'bills', icon: 'bill', word: 'tab.bills' },
  { place: 'me', icon: 'user', word: 'tab.me' },
]

function Home({ place }: { place: string }): ReactElement {
  const t = useWords()
  const isCode = !tabs.some((tab) => tab.place !== '' && tab.place === place)
  useEffect(() => {
    if (isCode) document.title = `${t('code.title')} · OneTill`
  }, [isCode, t])
  return (
    <div className={isCode ? 'home home-code' : 'home'}>
      {isCode && <TopBar />}
      {isCode && <CodeScreen />}
      {place === 'scan' && (
        <Suspense fallback={<Coming />}>
          <ScanScreen />
        </Suspense>
      )}
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
