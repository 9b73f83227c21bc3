import { useState, type ReactElement } from 'react'
import { problemText } from '../../ui/i18n.tsx'
import { Icon } from '../../ui/icons.tsx'
import { Link } from '../router.ts'
import { useWords } from '../text.ts'
import { choose, useSubscriptions } from './use-feed.ts'

type FollowLineProps = { merchant: string; by: 'scanned' | 'chosen' }

/** Whether this payer follows a shop, and a way to begin; nothing until that is known. */
export function FollowLine({ merchant, by }: FollowLineProps): ReactElement | null {
  const t = useWords()
  const subscriptions = useSubscriptions(merchant)
  const [problem, setProblem] = useState('')
  if (!subscriptions.value) return null
  const state = subscriptions.value.data[0]?.state ?? null
  async function follow(): Promise<void> {
    try {
      await choose(merchant, 'on', by)
      setProblem('')
      subscriptions.reload()
    } catch (thrown) {
      setProblem(problemText(thrown))
    }
  }
  return (
    <p className="follow-line">
      <Icon name={state === 'muted' ? 'mute' : 'bell'} size={18} />
      <span role="status">{problem || t(state ? `follow.is_${state}` : 'follow.not_yet')}</span>
      {state === 'on' || state === 'muted' ? (
        <Link to="subscriptions" className="button button-quiet">
          {t('feed.manage')}
        </Link>
      ) : (
        <button type="button" className="button button-quiet" onClick={() => void follow()}>
          {t('follow.go')}
        </button>
      )}
    </p>
  )
}
