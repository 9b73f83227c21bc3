import { lazy, Suspense, useState, type ReactElement } from 'react'
import { Icon, type IconName } from '../../ui/icons.tsx'
import { sourceName } from '../accounts/source-words.ts'
import { usePayer, useSources, type Account } from '../accounts/use-sources.ts'
import { PromotionStrip } from '../promotions/PromotionStrip.tsx'
import { useWords } from '../text.ts'
import { CodeCard } from './CodeCard.tsx'
import { SourceSheet, type Choice } from './SourceSheet.tsx'
import { usePaymentCode } from './use-payment-code.ts'
import { useWakeLock } from './use-wake-lock.ts'

// What works without a network comes when the code is there. The worker keeps it for when there is
// none; without a worker, as on the first visit, the screen says what it always said.
const OfflineCard = lazy(async () => {
  const later = await import('../device/later.ts').catch(() => null)
  return { default: later?.OfflineCard ?? CodeCard }
})
const OfflineLine = lazy(async () => {
  const later = await import('../device/later.ts').catch(() => null)
  return { default: later?.OfflineLine ?? (() => null) }
})

/** Home: the payment code, and what it is paid from. */
export function CodeScreen(): ReactElement {
  const t = useWords()
  const code = usePaymentCode()
  const sources = useSources()
  const payer = usePayer()
  const [isChoosing, setChoosing] = useState(false)
  useWakeLock()

  function onChosen(choice: Choice): void {
    // The old code would still charge the old source, so it goes before the new one is there.
    code.refresh({ drop: true, ...(choice.kind === 'source' && { sourceId: choice.sourceId }) })
    sources.reload()
    payer.reload()
  }

  const isCutOff = code.state.kind === 'none' && code.state.problem.isUnanswered
  const isAuto = payer.value?.auto ?? false
  const chosen = sources.value?.data.find((source) => source.chosen)
  return (
    <main className="code-screen">
      <h1 className="ot-hidden" tabIndex={-1}>
        {t('code.title')}
      </h1>
      <Suspense fallback={<CodeCard code={code} />}>
        {isCutOff ? <OfflineCard code={code} /> : <CodeCard code={code} />}
      </Suspense>
      {!isCutOff && (
        <button type="button" className="chooser" onClick={() => setChoosing(true)}>
          <span className="chooser-icon">
            <Icon name={isAuto ? 'star' : iconOf(chosen)} />
          </span>
          <span className="chooser-words">
            <span className="chooser-label">{t('code.pay_from')}</span>
            <span className="chooser-name">
              {isAuto ? t('auto.title') : chosen ? sourceName(chosen) : t('source.title')}
            </span>
          </span>
          <Icon name="chevronDown" />
        </button>
      )}
      <PromotionStrip />
      {code.state.kind === 'live' && (
        <Suspense fallback={null}>
          <OfflineLine />
        </Suspense>
      )}
      {!isCutOff && <p className="advice">{t('code.advice')}</p>}
      {isChoosing && (
        <SourceSheet
          sources={sources}
          isAuto={isAuto}
          onChosen={onChosen}
          onClose={() => setChoosing(false)}
        />
      )}
    </main>
  )
}

const iconOf = (source: Account | undefined): IconName =>
  source && source.kind !== 'balance' ? 'card' : 'wallet'
