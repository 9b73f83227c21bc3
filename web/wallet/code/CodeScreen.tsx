import { useState, type ReactElement } from 'react'
import { Icon } from '../../ui/icons.tsx'
import type { List, Source } from '../../ui/types.ts'
import { useLive } from '../live.tsx'
import { api } from '../session.ts'
import { useWords } from '../text.ts'
import { useLoad } from '../use-load.ts'
import { CodeCard } from './CodeCard.tsx'
import { SourceSheet, sourceName } from './SourceSheet.tsx'
import { usePaymentCode } from './use-payment-code.ts'
import { useWakeLock } from './use-wake-lock.ts'

/** Home: the payment code, and what it is paid from. */
export function CodeScreen(): ReactElement {
  const t = useWords()
  const { version } = useLive()
  const code = usePaymentCode()
  const sources = useLoad(() => api.get<List<Source>>('/v1/sources'), version)
  const [isChoosing, setChoosing] = useState(false)
  useWakeLock()

  function onChosen(sourceId: string): void {
    // The old code would still charge the old source, so it goes before the new one is there.
    code.refresh({ sourceId, drop: true })
    sources.reload()
  }

  const chosen = sources.value?.data.find((source) => source.chosen)
  return (
    <main className="code-screen">
      <h1 className="ot-hidden" tabIndex={-1}>
        {t('code.title')}
      </h1>
      <CodeCard code={code} />
      <button type="button" className="chooser" onClick={() => setChoosing(true)}>
        <span className="chooser-icon">
          <Icon name={chosen?.kind === 'card' ? 'card' : 'wallet'} />
        </span>
        <span className="chooser-words">
          <span className="chooser-label">{t('code.pay_from')}</span>
          <span className="chooser-name">{chosen ? sourceName(chosen) : t('source.title')}</span>
        </span>
        <Icon name="chevronDown" />
      </button>
      <p className="advice">{t('code.advice')}</p>
      {isChoosing && (
        <SourceSheet sources={sources} onChosen={onChosen} onClose={() => setChoosing(false)} />
      )}
    </main>
  )
}
