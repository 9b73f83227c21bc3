import { Button } from 'antd'
import { useEffect, type ReactElement } from 'react'
import { currentLanguage, t as text, useT } from '../ui/i18n.tsx'
import { Icon } from '../ui/icons.tsx'
import { moneyText } from '../ui/money.tsx'
import { flash, playSound, speak } from '../ui/sound.ts'
import { asideStore, markHeard, openAsides } from './aside.ts'
import { asideLooks } from './aside-look.ts'
import { configurationStore, isLocked } from './configuration.ts'
import { faceOfAside, type Aside } from './put-aside.ts'
import { spokenAmount } from './spoken.ts'
import { useStore } from './store.ts'
import { till } from './till.ts'

// Three short ones: no other sound of the till is so, and nobody takes it for the sale at hand.
const ringsAtMs = [0, 170, 340]
const voiceAfterMs = 700

const newsOf = (all: readonly Aside[]): Aside | undefined =>
  all.find(({ ending, told }) => ending !== null && told !== 'seen')

/**
 * Rings when a payment that was put aside has ended, once the customer at the till is served: in the
 * middle of another payment it would be taken for that one's.
 */
export function useAsideNews(): void {
  const news = useStore(asideStore, ({ all }) =>
    all.find(({ ending, told }) => ending !== null && told === 'no'),
  )
  const isFree = useStore(till, ({ attempt, result }) => attempt === null && result === null)
  useEffect(() => {
    if (!news || !isFree) return
    const { attempt } = news
    markHeard(attempt.orderNo)
    ringsAtMs.forEach((ms) => setTimeout(() => playSound('accepted'), ms))
    const face = faceOfAside(news)
    flash(face === 'succeeded' ? 'good' : 'bad')
    const language = currentLanguage()
    const amount = spokenAmount(BigInt(amountOf(news)), attempt.currency, language)
    const words = text(`aside.spoken_${face}`, { amount })
    setTimeout(() => speak(words, language), voiceAfterMs)
  }, [news, isFree])
}

const amountOf = ({ attempt }: Aside): string =>
  String(attempt.payment?.charged ?? attempt.amountMinor)

/** The line that stays until the cashier has looked: which one, how it ended, and the way there. */
export function AsideNews(): ReactElement | null {
  const t = useT()
  const news = useStore(asideStore, ({ all }) => newsOf(all))
  const { screen, attempt } = useStore(till, (state) => state)
  const isLockedNow = useStore(configurationStore, isLocked)
  if (!news || attempt || screen === 'aside') return null
  const face = faceOfAside(news)
  const { currency, orderNo } = news.attempt
  return (
    <div
      className={`till-news ot-tone-${asideLooks[face].tone}`}
      role="alert"
      data-testid="aside-news"
      data-face={face}
    >
      <Icon name={asideLooks[face].icon} size={20} />
      <strong>
        {t(`aside.news_${face}`, { amount: moneyText(BigInt(amountOf(news)), currency) })}
      </strong>
      <span>{news.note || orderNo}</span>
      {!isLockedNow && (
        <Button
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => openAsides(orderNo)}
          data-testid="aside-open"
        >
          {t('aside.open')} <kbd>{screen === 'collect' ? 'Shift F6' : 'F6'}</kbd>
        </Button>
      )}
    </div>
  )
}

/** How many are put aside, while there are any. */
export function AsideButton(): ReactElement | null {
  const t = useT()
  const all = useStore(asideStore, (state) => state.all)
  if (all.length === 0) return null
  const isOpen = all.some(({ ending }) => ending === null)
  return (
    <Button
      type="text"
      className={`till-aside-count ot-tone-${isOpen ? 'waiting' : 'neutral'}`}
      onMouseDown={(event) => event.preventDefault()}
      onClick={() => openAsides()}
      aria-label={t('aside.count', { count: all.length })}
      data-testid="aside-count"
      data-count={all.length}
    >
      <Icon name="clock" size={18} />
      <span className="till-roomy-only">{t('waiting.put_aside')}</span>
      <b>{all.length}</b>
      <kbd>F6</kbd>
    </Button>
  )
}
