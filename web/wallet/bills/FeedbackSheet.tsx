import { useId, useRef, useState, type ReactElement } from 'react'
import { newIdempotencyKey } from '../../ui/api.ts'
import { problemText } from '../../ui/i18n.tsx'
import type { Feedback } from '../../ui/news-types.ts'
import { ChooseStars } from '../feed/Stars.tsx'
import { Sheet } from '../parts/Sheet.tsx'
import { api } from '../session.ts'
import { useWords } from '../text.ts'

const longest = 500

type FeedbackSheetProps = {
  path: string
  before: Feedback | null
  onClose: () => void
  onSent: () => void
}

/** Stars and a word to the shop. Until the shop answers it may be said anew. */
export function FeedbackSheet({ path, before, onClose, onSent }: FeedbackSheetProps): ReactElement {
  const t = useWords()
  const id = useId()
  const [rating, setRating] = useState(before?.rating ?? 0)
  const [text, setText] = useState(before?.text ?? '')
  const [isBusy, setBusy] = useState(false)
  const [problem, setProblem] = useState('')
  const attempt = useRef({ body: '', idempotencyKey: '' })
  async function send(): Promise<void> {
    setBusy(true)
    try {
      const body = { rating, text: text.trim() || null }
      // Said otherwise after a failure it is another request.
      if (attempt.current.body !== JSON.stringify(body))
        attempt.current = { body: JSON.stringify(body), idempotencyKey: newIdempotencyKey() }
      const { idempotencyKey } = attempt.current
      await api.post<Feedback>(path, body, { idempotencyKey })
      onSent()
    } catch (thrown) {
      setProblem(problemText(thrown))
      setBusy(false)
    }
  }
  return (
    <Sheet title={t('feedback.title')} onClose={onClose}>
      <form
        className="feedback-form"
        onSubmit={(event) => {
          event.preventDefault()
          if (rating > 0) void send()
        }}
      >
        <ChooseStars label={t('feedback.how')} rating={rating} onChoose={setRating} />
        <div className="field">
          <label htmlFor={id}>{t('feedback.text')}</label>
          <textarea
            id={id}
            rows={4}
            maxLength={longest}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
          <p className="field-note">{t('feedback.hint')}</p>
        </div>
        {problem && (
          <p className="problem" role="alert">
            {problem}
          </p>
        )}
        <button type="submit" className="button button-main" disabled={rating === 0 || isBusy}>
          {t('feedback.send')}
        </button>
      </form>
    </Sheet>
  )
}
