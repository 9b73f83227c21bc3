import { useState, type ReactElement } from 'react'
import { asProblem } from '../../ui/api.ts'
import { problemText } from '../../ui/i18n.tsx'
import { Icon } from '../../ui/icons.tsx'
import { Money } from '../../ui/money.tsx'
import type { List, Source } from '../../ui/types.ts'
import { Sheet } from '../parts/Sheet.tsx'
import { Failed, Skeleton } from '../parts/states.tsx'
import { Link } from '../router.ts'
import { api } from '../session.ts'
import { useWords } from '../text.ts'
import type { Loaded } from '../use-load.ts'

/** The name of a source as its owner knows it: 招商储蓄卡 (1234). */
export function sourceName(source: Source): string {
  return source.last4 ? `${source.label} (${source.last4})` : source.label
}

type SourceSheetProps = {
  sources: Loaded<List<Source>>
  onChosen: (sourceId: string) => void
  onClose: () => void
}

/** Choose what the next code is paid from. */
export function SourceSheet({ sources, onChosen, onClose }: SourceSheetProps): ReactElement {
  const t = useWords()
  const [choosing, setChoosing] = useState<string | null>(null)
  const [problem, setProblem] = useState('')

  async function choose(sourceId: string): Promise<void> {
    setChoosing(sourceId)
    setProblem('')
    try {
      await api.post(`/v1/sources/${sourceId}/choose`, {})
      onChosen(sourceId)
      onClose()
    } catch (thrown) {
      setProblem(problemText(asProblem(thrown)))
      setChoosing(null)
    }
  }

  const list = sources.value?.data
  return (
    <Sheet title={t('source.title')} onClose={onClose}>
      {!list && sources.problem && <Failed problem={sources.problem} onRetry={sources.reload} />}
      {!list && !sources.problem && <Skeleton rows={3} />}
      <ul className="sources">
        {list?.map((source) => (
          <li key={source.id}>
            <button
              type="button"
              className="source"
              aria-pressed={source.chosen}
              disabled={choosing !== null || source.state !== 'active'}
              onClick={() => void choose(source.id)}
            >
              <span className="source-icon">
                <Icon name={source.kind === 'card' ? 'card' : 'wallet'} />
              </span>
              <span className="source-name">{sourceName(source)}</span>
              <Money minor={source.balance} currency={source.currency} size="s" />
              <span className="source-mark">
                {choosing === source.id && <Icon name="spinner" />}
                {choosing !== source.id && source.chosen && <Icon name="check" />}
              </span>
            </button>
          </li>
        ))}
      </ul>
      {problem && (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
      <Link to="top-up" className="button button-quiet" onClickCapture={onClose}>
        <Icon name="plus" />
        {t('topup.title')}
      </Link>
    </Sheet>
  )
}
