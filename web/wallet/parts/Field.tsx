import { useId, type InputHTMLAttributes, type ReactElement } from 'react'

type FieldProps = InputHTMLAttributes<HTMLInputElement> & {
  label: string
  hint?: string
  problem?: string
  before?: string
}

/** A labelled input with its hint and what is wrong with it. */
export function Field({ label, hint, problem, before, ...input }: FieldProps): ReactElement {
  const id = useId()
  const noteId = `${id}-note`
  const note = problem || hint
  return (
    <div className={problem ? 'field field-wrong' : 'field'}>
      <label htmlFor={id}>{label}</label>
      <span className="field-box">
        {before && <span className="field-before">{before}</span>}
        <input
          {...input}
          id={id}
          aria-invalid={Boolean(problem)}
          {...(note ? { 'aria-describedby': noteId } : {})}
        />
      </span>
      {note && (
        <p id={noteId} className="field-note" {...(problem ? { role: 'alert' } : {})}>
          {note}
        </p>
      )}
    </div>
  )
}
