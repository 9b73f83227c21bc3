import type { ReactElement, ReactNode } from 'react'

type BoundedProps = {
  title: string
  /** In words, while nothing is bounded. */
  open: string
  isOpen: boolean
  onToggle: (isOpen: boolean) => void
  children: ReactNode
}

/** A part of the form that bounds nothing until it is switched on. */
export function Bounded({ title, open, isOpen, onToggle, children }: BoundedProps): ReactElement {
  return (
    <section className="panel" aria-label={title}>
      <div className="bounded-head">
        <h2>{title}</h2>
        {isOpen && <span className="small">{open}</span>}
        <button
          type="button"
          role="switch"
          className="switch"
          aria-checked={!isOpen}
          aria-label={title}
          onClick={() => onToggle(!isOpen)}
        />
      </div>
      {!isOpen && children}
    </section>
  )
}
