import { memo, type KeyboardEvent, type ReactElement, type ReactNode } from 'react'
import type { Column } from './TableRows.tsx'

export type TableRowProps<T extends { id: string }> = {
  name: string
  row: T
  columns: Column<T>[]
  isReachable: boolean
  isOpen: boolean
  isFresh: boolean
  onFocus: (id: string) => void
  onOpen: ((row: T) => void) | undefined
}

const moves: Record<string, (row: Element) => Element | null | undefined> = {
  ArrowDown: (row) => row.nextElementSibling,
  ArrowUp: (row) => row.previousElementSibling,
  Home: (row) => row.parentElement?.firstElementChild,
  End: (row) => row.parentElement?.lastElementChild,
}

function Row<T extends { id: string }>(props: TableRowProps<T>): ReactElement {
  const { row, columns, onOpen } = props

  function onKey(event: KeyboardEvent<HTMLTableRowElement>): void {
    if (event.target !== event.currentTarget) return
    if (event.key === 'Enter') onOpen?.(row)
    const move = moves[event.key]
    if (!move) return
    event.preventDefault()
    ;(move(event.currentTarget) as HTMLElement | null | undefined)?.focus()
  }

  const looks = [
    onOpen && 'ct-openable',
    props.isOpen && 'ct-row-open',
    props.isFresh && 'ct-row-fresh',
  ]
  return (
    <tr
      data-testid={`${props.name}-row`}
      data-id={row.id}
      tabIndex={onOpen && props.isReachable ? 0 : -1}
      className={looks.filter(Boolean).join(' ')}
      onFocus={() => props.onFocus(row.id)}
      onKeyDown={onKey}
      onClick={() => {
        // Selecting a text in a row is no wish to open it.
        if (!getSelection()?.toString()) onOpen?.(row)
      }}
    >
      {columns.map((column) => (
        <td
          key={column.key}
          data-align={column.align}
          data-wide={column.wide}
          data-wrap={column.wrap}
          data-label={column.title}
        >
          {column.cell(row)}
        </td>
      ))}
    </tr>
  )
}

/** One row of a table; drawn again only when it changed, so that a live list stays light. */
export const TableRow = memo(Row) as typeof Row

/** Keeps a click on a button or a switch inside a row from opening the row. */
export function InRow({ children }: { children: ReactNode }): ReactElement {
  return (
    <span
      className="ct-in-row"
      onClick={(event) => event.stopPropagation()}
      onKeyDown={(event) => event.stopPropagation()}
    >
      {children}
    </span>
  )
}
