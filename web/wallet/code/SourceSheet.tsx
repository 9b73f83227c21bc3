import { useState, type ReactElement } from 'react'
import { asProblem } from '../../ui/api.ts'
import { problemText } from '../../ui/i18n.tsx'
import { Icon } from '../../ui/icons.tsx'
import { Money } from '../../ui/money.tsx'
import type { List } from '../../ui/types.ts'
import { SourceIcon } from '../accounts/SourceIcon.tsx'
import { sourceName } from '../accounts/source-words.ts'
import { chooseSource, leaveChoice, type Account } from '../accounts/use-sources.ts'
import { Sheet } from '../parts/Sheet.tsx'
import { Failed, Skeleton } from '../parts/states.tsx'
import { Link } from '../router.ts'
import { useWords } from '../text.ts'
import type { Loaded } from '../use-load.ts'

/** What the next code is paid from: one account, or whichever has the best offer. */
export type Choice = { kind: 'auto' } | { kind: 'source'; sourceId: string }

type SourceSheetProps = {
  sources: Loaded<List<Account>>
  isAuto: boolean
  onChosen: (choice: Choice) => void
  onClose: () => void
}

const keyOf = (choice: Choice): string => (choice.kind === 'auto' ? 'auto' : choice.sourceId)

/** Choose what the next code is paid from. */
export function SourceSheet(props: SourceSheetProps): ReactElement {
  const { sources, isAuto, onChosen, onClose } = props
  const t = useWords()
  const [choosing, setChoosing] = useState<string | null>(null)
  const [problem, setProblem] = useState('')

  async function choose(choice: Choice): Promise<void> {
    setChoosing(keyOf(choice))
    setProblem('')
    try {
      if (choice.kind === 'auto') await leaveChoice(true)
      else await chooseSource(choice.sourceId)
      onChosen(choice)
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
        {list && list.length > 1 && (
          <li>
            <AutoRow
              sources={list}
              isAuto={isAuto}
              choosing={choosing}
              onChoose={() => void choose({ kind: 'auto' })}
            />
          </li>
        )}
        {list?.map((source) => (
          <li key={source.id}>
            <SourceRow
              source={source}
              isChosen={!isAuto && source.chosen}
              choosing={choosing}
              onChoose={() => void choose({ kind: 'source', sourceId: source.id })}
            />
          </li>
        ))}
      </ul>
      {problem && (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
      <div className="sheet-foot">
        <Link to="top-up" className="button button-quiet" onClickCapture={onClose}>
          <Icon name="plus" />
          {t('topup.title')}
        </Link>
        <Link to="accounts" className="button button-quiet" onClickCapture={onClose}>
          <Icon name="link" />
          {t('accounts.manage')}
        </Link>
      </div>
    </Sheet>
  )
}

type RowProps = { choosing: string | null; onChoose: () => void }

type AutoRowProps = RowProps & { sources: readonly Account[]; isAuto: boolean }

function AutoRow({ sources, isAuto, choosing, onChoose }: AutoRowProps): ReactElement {
  const t = useWords()
  const order = sources.map(sourceName).join(t('auto.then'))
  return (
    <button
      type="button"
      className="source"
      aria-pressed={isAuto}
      disabled={choosing !== null}
      onClick={onChoose}
    >
      <span className="source-icon">
        <Icon name="star" />
      </span>
      <span className="source-name">
        {t('auto.title')}
        <span className="small source-why">{t('auto.means', { order })}</span>
      </span>
      <Mark isBusy={choosing === 'auto'} isChosen={isAuto} />
    </button>
  )
}

type SourceRowProps = RowProps & { source: Account; isChosen: boolean }

function SourceRow({ source, isChosen, choosing, onChoose }: SourceRowProps): ReactElement {
  return (
    <button
      type="button"
      className="source"
      aria-pressed={isChosen}
      disabled={choosing !== null || source.state !== 'active'}
      onClick={onChoose}
    >
      <SourceIcon kind={source.kind} />
      <span className="source-name">{sourceName(source)}</span>
      {source.balance !== null && (
        <Money minor={source.balance} currency={source.currency} size="s" />
      )}
      <Mark isBusy={choosing === source.id} isChosen={isChosen} />
    </button>
  )
}

function Mark({ isBusy, isChosen }: { isBusy: boolean; isChosen: boolean }): ReactElement {
  return (
    <span className="source-mark">
      {isBusy && <Icon name="spinner" />}
      {!isBusy && isChosen && <Icon name="check" />}
    </span>
  )
}
