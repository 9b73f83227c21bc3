import { useEffect, useId, useRef, type MouseEvent, type ReactElement, type ReactNode } from 'react'
import { Icon } from '../../ui/icons.tsx'
import { useWords } from '../text.ts'

type SheetProps = { title: string; onClose: () => void; children: ReactNode }

/** A sheet from the bottom edge. The browser's own dialog keeps the focus in it and hears Escape. */
export function Sheet({ title, onClose, children }: SheetProps): ReactElement {
  const t = useWords()
  const titleId = useId()
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    const opened = dialog.current
    opened?.showModal()
    // The browser puts the focus on the first button; what the sheet is for is further down.
    opened?.querySelector<HTMLElement>('[data-first-focus]')?.focus({ preventScroll: true })
    return () => opened?.close()
  }, [])
  function onClick(event: MouseEvent): void {
    // A click on the dialog itself is one beside its content, on the backdrop.
    if (event.target === dialog.current) onClose()
  }
  return (
    <dialog
      ref={dialog}
      className="sheet"
      aria-labelledby={titleId}
      onClick={onClick}
      onCancel={onClose}
    >
      <div className="sheet-body">
        <header className="sheet-head">
          <h2 id={titleId}>{title}</h2>
          <button
            type="button"
            className="icon-button"
            aria-label={t('action.close')}
            onClick={onClose}
          >
            <Icon name="cross" />
          </button>
        </header>
        {children}
      </div>
    </dialog>
  )
}
