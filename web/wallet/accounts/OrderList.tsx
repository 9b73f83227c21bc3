import { useRef, useState, type KeyboardEvent, type PointerEvent, type ReactElement } from 'react'
import { asProblem } from '../../ui/api.ts'
import { problemText } from '../../ui/i18n.tsx'
import { Icon } from '../../ui/icons.tsx'
import type { List } from '../../ui/types.ts'
import { api } from '../session.ts'
import { useWords } from '../text.ts'
import { moved, rowAt } from './moved.ts'
import { SourceIcon } from './SourceIcon.tsx'
import { sourceName } from './source-words.ts'
import type { Account } from './use-sources.ts'

type OrderListProps = { sources: readonly Account[]; onSaved: () => void }

/**
 * The accounts in the payer's order: dragged by the handle, moved by the arrow keys on it, or by the
 * two buttons of each row. Every move is kept at once; one that was refused is taken back.
 */
export function OrderList({ sources, onSaved }: OrderListProps): ReactElement {
  const t = useWords()
  const [list, setList] = useState([...sources])
  const [said, setSaid] = useState('')
  const [problem, setProblem] = useState('')
  const kept = useRef([...sources])
  const asked = useRef(0)

  function move(from: number, to: number): Account[] {
    const next = moved(list, { from, to })
    const place = Math.max(0, Math.min(list.length - 1, to))
    setList(next)
    setSaid(t('accounts.moved', { name: sourceName(list[from]!), place: place + 1 }))
    return next
  }

  async function save(next: Account[]): Promise<void> {
    if (next.every(({ id }, at) => id === kept.current[at]?.id)) return
    const mine = ++asked.current
    setProblem('')
    try {
      await api.post<List<Account>>('/v1/sources/order', { sources: next.map(({ id }) => id) })
      kept.current = next
      onSaved()
    } catch (thrown) {
      setProblem(problemText(asProblem(thrown)))
      // A later move may be on its way; it says the whole order anew.
      if (mine === asked.current) setList(kept.current)
    }
  }

  const drag = useDrag({ onMove: move, onDrop: () => void save(list) })
  return (
    <>
      <p className="small order-why">{t('accounts.order_why')}</p>
      <ol className="list order-list" ref={drag.rows}>
        {list.map((source, at) => (
          <li key={source.id} className={drag.at === at ? 'order-row order-held' : 'order-row'}>
            <Handle source={source} at={at} drag={drag} onStep={(to) => void save(move(at, to))} />
            <SourceIcon kind={source.kind} />
            <span className="account-name">{sourceName(source)}</span>
            <button
              type="button"
              className="icon-button"
              aria-label={t('accounts.up', { name: sourceName(source) })}
              disabled={at === 0}
              onClick={() => void save(move(at, at - 1))}
            >
              <Icon name="chevronUp" />
            </button>
            <button
              type="button"
              className="icon-button"
              aria-label={t('accounts.down', { name: sourceName(source) })}
              disabled={at === list.length - 1}
              onClick={() => void save(move(at, at + 1))}
            >
              <Icon name="chevronDown" />
            </button>
          </li>
        ))}
      </ol>
      <p className="ot-hidden" role="status">
        {said}
      </p>
      {problem && (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
    </>
  )
}

type HandleProps = {
  source: Account
  at: number
  drag: Drag
  onStep: (to: number) => void
}

function Handle({ source, at, drag, onStep }: HandleProps): ReactElement {
  const t = useWords()
  function onKeyDown(event: KeyboardEvent): void {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key]
    if (step === undefined) return
    event.preventDefault()
    onStep(at + step)
  }
  return (
    <button
      type="button"
      className="icon-button order-handle"
      aria-label={t('accounts.handle', { name: sourceName(source) })}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => drag.onDown(event, at)}
      onPointerMove={drag.onMove}
      onPointerUp={drag.onEnd}
      onPointerCancel={drag.onEnd}
    >
      <Icon name="grip" />
    </button>
  )
}

type Drag = {
  rows: React.RefObject<HTMLOListElement | null>
  /** The row that is held, or null. */
  at: number | null
  onDown: (event: PointerEvent, at: number) => void
  onMove: (event: PointerEvent) => void
  onEnd: () => void
}

/** Follows a finger or a mouse that holds a row by its handle. */
function useDrag(on: { onMove: (from: number, to: number) => void; onDrop: () => void }): Drag {
  const rows = useRef<HTMLOListElement>(null)
  const [at, setAt] = useState<number | null>(null)
  return {
    rows,
    at,
    onDown(event, from) {
      // The handle keeps hearing the pointer wherever it goes, though its row moves under it.
      event.currentTarget.setPointerCapture(event.pointerId)
      setAt(from)
    },
    onMove(event) {
      if (at === null || !rows.current) return
      const edges = [...rows.current.children].map((row) => row.getBoundingClientRect())
      const to = rowAt(edges, event.clientY)
      if (to === at) return
      on.onMove(at, to)
      setAt(to)
    },
    onEnd() {
      if (at === null) return
      setAt(null)
      on.onDrop()
    },
  }
}
