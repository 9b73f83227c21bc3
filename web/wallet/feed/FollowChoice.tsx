import { useEffect, useState, type ReactElement } from 'react'
import { asProblem } from '../../ui/api.ts'
import { problemText } from '../../ui/i18n.tsx'
import type { SubscriptionState } from '../../ui/news-types.ts'
import { useWords } from '../text.ts'
import { choose } from './use-feed.ts'

const states = ['on', 'muted', 'left'] as const

type FollowChoiceProps = {
  merchant: string
  name: string
  state: SubscriptionState
  onChange: () => void
}

/** Follow, mute, leave: one of three, saved when it is pressed. */
export function FollowChoice(props: FollowChoiceProps): ReactElement {
  const t = useWords()
  const { merchant, name, onChange } = props
  const [state, setState] = useState(props.state)
  const [problem, setProblem] = useState('')
  useEffect(() => setState(props.state), [props.state])
  async function onChoose(next: SubscriptionState): Promise<void> {
    setState(next)
    setProblem('')
    try {
      await choose(merchant, next)
      onChange()
    } catch (thrown) {
      setState(props.state)
      setProblem(problemText(asProblem(thrown)))
    }
  }
  return (
    <>
      <div className="follow" role="group" aria-label={t('follow.of', { shop: name })}>
        {states.map((one) => (
          <button
            key={one}
            type="button"
            aria-pressed={state === one}
            onClick={() => void (state === one || onChoose(one))}
          >
            {t(`follow.${one}`)}
          </button>
        ))}
      </div>
      {problem && (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
    </>
  )
}
