import { useState, type ReactElement, type ReactNode } from 'react'
import { asProblem } from '../../ui/api.ts'
import { problemText } from '../../ui/i18n.tsx'
import { Icon } from '../../ui/icons.tsx'
import { moneyText } from '../../ui/money.tsx'
import { Sheet } from '../parts/Sheet.tsx'
import { Link } from '../router.ts'
import { api } from '../session.ts'
import { useWords } from '../text.ts'
import { kindText, sourceName } from './source-words.ts'
import { chooseSource, type Account } from './use-sources.ts'

type AccountSheetProps = { source: Account; onChanged: () => void; onClose: () => void }

/** One account: what it is, and what can be done with it. */
export function AccountSheet({ source, onChanged, onClose }: AccountSheetProps): ReactElement {
  const t = useWords()
  const [isUnlinking, setUnlinking] = useState(false)
  const [isBusy, setBusy] = useState(false)
  const [problem, setProblem] = useState('')
  const name = sourceName(source)

  async function run(act: () => Promise<void>): Promise<void> {
    setBusy(true)
    setProblem('')
    try {
      await act()
      onChanged()
      onClose()
    } catch (thrown) {
      setProblem(problemText(asProblem(thrown)))
      setBusy(false)
    }
  }

  const warning = problem && (
    <p className="problem" role="alert">
      {problem}
    </p>
  )
  if (isUnlinking) {
    return (
      <UnlinkSheet
        name={name}
        isBusy={isBusy}
        onYes={() => void run(() => api.del(`/v1/linked_accounts/${source.id}`))}
        onNo={() => setUnlinking(false)}
        onClose={onClose}
      >
        {warning}
      </UnlinkSheet>
    )
  }
  return (
    <Sheet title={name} onClose={onClose}>
      <Facts source={source} />
      {warning}
      {!source.chosen && (
        <button
          type="button"
          className="button button-main"
          disabled={isBusy || source.state !== 'active'}
          onClick={() => void run(() => chooseSource(source.id))}
        >
          {t('accounts.choose')}
        </button>
      )}
      {source.kind === 'balance' && (
        <Link to="top-up" className="button" onClickCapture={onClose}>
          <Icon name="plus" />
          {t('topup.title')}
        </Link>
      )}
      {source.channel_account && (
        <button
          type="button"
          className="button button-quiet button-quiet-bad"
          onClick={() => setUnlinking(true)}
        >
          {t('unlink.go')}
        </button>
      )}
    </Sheet>
  )
}

type UnlinkSheetProps = {
  name: string
  isBusy: boolean
  onYes: () => void
  onNo: () => void
  onClose: () => void
  children: ReactNode
}

function UnlinkSheet(props: UnlinkSheetProps): ReactElement {
  const { name, isBusy, onYes, onNo, onClose, children } = props
  const t = useWords()
  return (
    <Sheet title={t('unlink.title', { name })} onClose={onClose}>
      <p>{t('unlink.why')}</p>
      {children}
      <button type="button" className="button button-bad" disabled={isBusy} onClick={onYes}>
        {isBusy && <Icon name="spinner" />}
        {t('unlink.yes')}
      </button>
      <button
        type="button"
        className="button button-quiet"
        data-first-focus
        disabled={isBusy}
        onClick={onNo}
      >
        {t('unlink.no')}
      </button>
    </Sheet>
  )
}

function Facts({ source }: { source: Account }): ReactElement {
  const t = useWords()
  const { balance, currency } = source
  const facts: [string, string][] = [
    [t('accounts.kind'), kindText(source.kind, t)],
    [
      t('accounts.balance'),
      balance === null ? t('accounts.balance_elsewhere') : moneyText(balance, currency),
    ],
    [t('accounts.rank'), t('accounts.rank_is', { rank: source.rank })],
    [t('accounts.for_codes'), t(source.chosen ? 'accounts.is_chosen' : 'accounts.not_chosen')],
  ]
  return (
    <dl className="rows">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}
