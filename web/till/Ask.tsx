import { useEffect, useRef, type ReactElement } from 'react'

type AskProps = {
  question: string
  hint?: string
  yes: string
  no: string
  onYes: () => void
  onNo: () => void
  /** The look of the button that does it; what cannot be undone is red. */
  isDanger?: boolean
  testId: string
}

/** A question with two answers, Enter and Esc; the screen that asks has the keys. */
export function Ask(props: AskProps): ReactElement {
  const { question, hint, yes, no, onYes, onNo, isDanger = true, testId } = props
  const box = useRef<HTMLDivElement>(null)
  // On a small screen the question may come below the edge.
  useEffect(() => {
    box.current?.scrollIntoView({ block: 'nearest' })
  }, [])
  return (
    <div
      ref={box}
      className="till-ask-box"
      role="alertdialog"
      aria-label={question}
      data-testid={testId}
    >
      <strong>{question}</strong>
      {hint && <span className="till-ask-hint">{hint}</span>}
      <div className="till-choices">
        <button type="button" className={isDanger ? 'till-danger' : 'till-pay'} onClick={onYes}>
          {yes} <kbd>Enter</kbd>
        </button>
        <button type="button" className="till-quiet" onClick={onNo}>
          {no} <kbd>Esc</kbd>
        </button>
      </div>
    </div>
  )
}
