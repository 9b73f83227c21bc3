import { useState, type ReactElement } from 'react'
import { formatDateTime } from '../../ui/i18n.tsx'
import { Icon } from '../../ui/icons.tsx'
import type { Feedback } from '../../ui/news-types.ts'
import type { List } from '../../ui/types.ts'
import { Stars } from '../feed/Stars.tsx'
import { useLive } from '../live.tsx'
import { api } from '../session.ts'
import { useWords } from '../text.ts'
import { useLoad } from '../use-load.ts'
import { FeedbackSheet } from './FeedbackSheet.tsx'

/** What the payer said of a payment and the shop answered, or the way to say it. */
export function BillFeedback({ paymentId }: { paymentId: string }): ReactElement | null {
  const t = useWords()
  const { version } = useLive()
  const [isOpen, setOpen] = useState(false)
  const path = `/v1/payments/${paymentId}/feedback`
  const loaded = useLoad(() => api.get<List<Feedback>>(path), `${paymentId} ${version}`)
  // A bill is whole without it.
  if (!loaded.value) return null
  const feedback = loaded.value.data[0] ?? null
  return (
    <section className="panel" data-testid="feedback">
      <h2>{t('feedback.title')}</h2>
      {feedback && <Said feedback={feedback} />}
      {feedback?.answer == null && (
        <button type="button" className="button" onClick={() => setOpen(true)}>
          <Icon name="star" size={18} />
          {t(feedback ? 'feedback.change' : 'feedback.give')}
        </button>
      )}
      {isOpen && (
        <FeedbackSheet
          path={path}
          before={feedback}
          onClose={() => setOpen(false)}
          onSent={() => {
            setOpen(false)
            loaded.reload()
          }}
        />
      )}
    </section>
  )
}

function Said({ feedback }: { feedback: Feedback }): ReactElement {
  const t = useWords()
  const { rating, text, created_at, answer, answered_at } = feedback
  return (
    <div className="said">
      <Stars rating={rating} />
      {text && <p className="said-text">{text}</p>}
      <p className="small">{formatDateTime(created_at)}</p>
      {answer === null ? (
        <p className="small">{t('feedback.waiting')}</p>
      ) : (
        <div className="said-answer">
          <p className="small">
            {t('feedback.answer')}
            {answered_at && ` · ${formatDateTime(answered_at)}`}
          </p>
          <p className="said-text">{answer}</p>
        </div>
      )}
    </div>
  )
}
