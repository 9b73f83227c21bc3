import { useEffect, useState, type ReactElement } from 'react'
import { asProblem, type Problem } from '../../ui/api.ts'
import { problemText } from '../../ui/i18n.tsx'
import { Icon, type IconName } from '../../ui/icons.tsx'
import type { LinkedAccount } from '../../ui/types.ts'
import { Page } from '../parts/Page.tsx'
import { Failed } from '../parts/states.tsx'
import { Link, navigate } from '../router.ts'
import { api } from '../session.ts'
import { useWords, type WordKey } from '../text.ts'
import { sourceName } from './source-words.ts'
import { useOffers } from './use-sources.ts'
import { askAgainMs, shownLink, type ShownLink } from './link-state.ts'

type Face = { icon: IconName; tone: string; title: WordKey; text: WordKey }

const faces: Record<ShownLink, Face> = {
  pending: { icon: 'spinner', tone: 'waiting', title: 'link.pending', text: 'link.pending_why' },
  linked: { icon: 'check', tone: 'succeeded', title: 'link.linked', text: 'link.linked_why' },
  refused: { icon: 'cross', tone: 'failed', title: 'link.refused', text: 'link.refused_why' },
  expired: { icon: 'clock', tone: 'neutral', title: 'link.expired', text: 'link.expired_why' },
  unlinked: { icon: 'undo', tone: 'neutral', title: 'link.unlinked', text: 'link.unlinked_why' },
}

/** How an attempt to link an account stands, asked about until it is known. */
export function LinkScreen({ id }: { id: string }): ReactElement {
  const t = useWords()
  const { link, problem, reload } = useLink(id)
  const state = link && shownLink(link, api.serverNow())
  return (
    <Page title={t('link.title')} back="accounts">
      {!link && problem && <Failed problem={problem} onRetry={reload} />}
      {!link && !problem && (
        <div className="empty" role="status">
          <Icon name="spinner" size={36} />
          <p>{t('common.loading')}</p>
        </div>
      )}
      {link && state && <LinkFace link={link} state={state} />}
    </Page>
  )
}

function LinkFace({ link, state }: { link: LinkedAccount; state: ShownLink }): ReactElement {
  const t = useWords()
  const offers = useOffers()
  const { icon, tone, title, text } = faces[state]
  const way = offers.value?.data.find((one) => one.channel_account === link.channel_account)
  const { kind, scheme } = way ?? { kind: 'linked', scheme: null }
  const name = sourceName({ kind, scheme, label: link.label ?? '', last4: link.last4 })
  return (
    <div className={`empty ot-tone-${tone}`} role="status" data-state={state}>
      <span className="result-mark">
        <Icon name={icon} size={36} />
      </span>
      <h2 className="empty-title">{t(title, { name })}</h2>
      <p>{t(text)}</p>
      {state === 'refused' && link.problem && (
        <p className="small">
          {t('link.their_word')} <span className="ot-mono">{link.problem}</span>
        </p>
      )}
      <Link to="accounts" className="button button-main">
        {t(state === 'linked' ? 'link.see' : 'link.back')}
      </Link>
      {state === 'pending' && <GiveUp id={link.id} />}
    </div>
  )
}

/** The payer has thought better of it: an attempt that nobody finished is put away. */
function GiveUp({ id }: { id: string }): ReactElement {
  const t = useWords()
  const [isBusy, setBusy] = useState(false)
  const [problem, setProblem] = useState('')
  async function giveUp(): Promise<void> {
    setBusy(true)
    setProblem('')
    try {
      await api.del(`/v1/linked_accounts/${id}`)
      navigate('accounts')
    } catch (thrown) {
      setProblem(problemText(asProblem(thrown)))
      setBusy(false)
    }
  }
  return (
    <>
      {problem && (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
      <button
        type="button"
        className="button button-quiet"
        disabled={isBusy}
        onClick={() => void giveUp()}
      >
        {t('link.give_up')}
      </button>
    </>
  )
}

type Asked = { link: LinkedAccount | null; problem: Problem | null; reload: () => void }

function useLink(id: string): Asked {
  const [link, setLink] = useState<LinkedAccount | null>(null)
  const [problem, setProblem] = useState<Problem | null>(null)
  const [round, setRound] = useState(0)
  useEffect(() => {
    let isOver = false
    let timer: ReturnType<typeof setTimeout> | undefined
    async function ask(asked: number): Promise<void> {
      try {
        const read = await api.get<LinkedAccount>(`/v1/linked_accounts/${id}`)
        if (isOver) return
        setLink(read)
        setProblem(null)
        if (shownLink(read, api.serverNow()) !== 'pending') return
      } catch (thrown) {
        if (isOver) return
        setProblem(asProblem(thrown))
        if (!asProblem(thrown).isUnanswered) return
      }
      timer = setTimeout(() => void ask(asked + 1), askAgainMs(asked))
    }
    void ask(0)
    return () => {
      isOver = true
      clearTimeout(timer)
    }
  }, [id, round])
  return { link, problem, reload: () => setRound((last) => last + 1) }
}
