import { useRef, useState, type ReactElement } from 'react'
import { asProblem, newIdempotencyKey } from '../../ui/api.ts'
import { formatTime, problemText } from '../../ui/i18n.tsx'
import { Icon } from '../../ui/icons.tsx'
import { SchemeMark, schemeText } from '../../ui/scheme.tsx'
import type { LinkedAccount, LinkOffer, List, StartedLink } from '../../ui/types.ts'
import { useLive } from '../live.tsx'
import { Failed } from '../parts/states.tsx'
import { Link, navigate } from '../router.ts'
import { api } from '../session.ts'
import { useWords, words } from '../text.ts'
import { useLoad, type Loaded } from '../use-load.ts'
import { shownLink } from './link-state.ts'

/** What can be linked besides, and what was begun and not finished. */
export function AddAccount({ offers }: { offers: Loaded<List<LinkOffer>> }): ReactElement {
  const t = useWords()
  const { begin, beginning, problem } = useBegin()
  const list = offers.value?.data ?? []
  return (
    <section className="add-account">
      <h2>{t('link.title')}</h2>
      <Begun offers={list} />
      {!offers.value && offers.problem && (
        <Failed problem={offers.problem} onRetry={offers.reload} />
      )}
      {offers.value && list.length === 0 && <p className="small">{t('link.none')}</p>}
      <ul className="list">
        {list.map((offer) => (
          <li key={offer.channel_account}>
            <button
              type="button"
              className="account"
              disabled={beginning !== null}
              onClick={() => void begin(offer)}
            >
              <span className="account-words">
                <SchemeMark scheme={offer.scheme} />
                <span className="small">{t(`link.offer.${offer.kind}`)}</span>
              </span>
              <Icon name={beginning === offer.channel_account ? 'spinner' : 'plus'} />
            </button>
          </li>
        ))}
      </ul>
      {problem && (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
      {list.length > 0 && <p className="small">{t('link.why')}</p>}
    </section>
  )
}

type Begin = {
  begin: (offer: LinkOffer) => Promise<void>
  beginning: string | null
  problem: string
}

/** Sets out to link an account, and leaves for the scheme's page. */
function useBegin(): Begin {
  const [beginning, setBeginning] = useState<string | null>(null)
  const [problem, setProblem] = useState('')
  const key = useRef(newIdempotencyKey())

  async function begin({ channel_account }: LinkOffer): Promise<void> {
    setBeginning(channel_account)
    setProblem('')
    try {
      const options = { idempotencyKey: key.current }
      const started = await api.post<StartedLink>(
        '/v1/linked_accounts',
        { channel_account },
        options,
      )
      goToScheme(started, () => setProblem(words('link.blocked')))
    } catch (thrown) {
      setProblem(problemText(asProblem(thrown)))
    } finally {
      key.current = newIdempotencyKey()
      setBeginning(null)
    }
  }
  return { begin, beginning, problem }
}

/**
 * Leaves the wallet for the scheme's page, by its address or by posting what it wants to be posted. A
 * scheme that sends the payer back to where they came from finds the page of this attempt: it is where
 * the browser's back button leads, too. A server that lets its pages post to nobody else keeps the
 * browser here; then `onBlocked` is told.
 */
function goToScheme({ id, url, form }: StartedLink, onBlocked: () => void): void {
  if (url) {
    navigate(`accounts/link/${id}`)
    return leaveFor(url)
  }
  if (!form) return
  document.addEventListener('securitypolicyviolation', onBlocked, { once: true })
  const posted = document.createElement('form')
  posted.method = 'post'
  posted.action = form.action
  posted.hidden = true
  for (const [name, value] of Object.entries(form.fields)) {
    const field = document.createElement('input')
    field.type = 'hidden'
    field.name = name
    field.value = value
    posted.append(field)
  }
  document.body.append(posted)
  posted.submit()
}

// This page tells nobody where a payer comes from; this scheme alone may know, to send them back.
function leaveFor(url: string): void {
  const link = document.createElement('a')
  link.href = url
  link.referrerPolicy = 'no-referrer-when-downgrade'
  document.body.append(link)
  link.click()
  link.remove()
}

/** Attempts that wait for the payer to agree at the scheme. */
function Begun({ offers }: { offers: readonly LinkOffer[] }): ReactElement | null {
  const t = useWords()
  const { version } = useLive()
  const links = useLoad(
    () => api.get<List<LinkedAccount>>('/v1/linked_accounts', { limit: 10 }),
    version,
  )
  const waiting = (links.value?.data ?? []).filter(
    (link) => shownLink(link, api.serverNow()) === 'pending',
  )
  if (waiting.length === 0) return null
  const schemeOf = (link: LinkedAccount): string | null =>
    offers.find(({ channel_account }) => channel_account === link.channel_account)?.scheme ?? null
  return (
    <ul className="list">
      {waiting.map((link) => (
        <li key={link.id}>
          <Link to={`accounts/link/${link.id}`} className="account">
            <span className="account-words">
              <span className="account-name">{schemeText(schemeOf(link))}</span>
              <span className="account-waits">
                <Icon name="clock" size={14} />
                {t('link.begun', { time: formatTime(link.created_at) })}
              </span>
            </span>
            <Icon name="chevronRight" size={16} />
          </Link>
        </li>
      ))}
    </ul>
  )
}
