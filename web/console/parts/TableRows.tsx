import { memo, useCallback, useState, type ReactElement, type ReactNode } from 'react'
import { TableRow } from './TableRow.tsx'

export type Column<T> = {
  key: string
  title: string
  cell: (row: T) => ReactNode
  /** Figures stand to the right, so that their digits are under one another. */
  align?: 'right'
  /** Not shown until chosen. */
  hidden?: boolean
  /** Cannot be put away: without it a row says nothing. */
  always?: boolean
  /** Left out where the screen is narrower than 1200 px: the detail has it. */
  wide?: boolean
  /** Holds more than one line; other cells are cut at their end. */
  wrap?: boolean
  width?: number
}

export type TableRowsProps<T extends { id: string }> = {
  name: string
  title: string
  columns: Column<T>[]
  rows: T[]
  dense?: boolean
  onOpen?: (row: T) => void
  isOpen?: (row: T) => boolean
  /** Rows that have just come are shown so for a moment. */
  isFresh?: (row: T) => boolean
}

/**
 * The table itself. One row at a time takes part in the tab order; arrows go from row to row and
 * Enter opens. On a phone each row becomes a card, by CSS alone.
 */
function Rows<T extends { id: string }>(props: TableRowsProps<T>): ReactElement {
  const { columns, rows } = props
  const [activeId, setActiveId] = useState<string | null>(null)
  const reachableId = rows.some(({ id }) => id === activeId) ? activeId : rows[0]?.id
  const onFocus = useCallback((id: string) => setActiveId(id), [])

  return (
    <div className="ct-scroll">
      <table className={`ct-table ${props.dense ? 'ct-dense' : ''}`} aria-label={props.title}>
        <thead>
          <tr>
            {columns.map((column) => (
              <th
                key={column.key}
                scope="col"
                data-align={column.align}
                data-wide={column.wide}
                style={sized(column)}
              >
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <TableRow
              key={row.id}
              name={props.name}
              row={row}
              columns={columns}
              isReachable={row.id === reachableId}
              isOpen={props.isOpen?.(row) ?? false}
              isFresh={props.isFresh?.(row) ?? false}
              onFocus={onFocus}
              onOpen={props.onOpen}
            />
          ))}
        </tbody>
      </table>
    </div>
  )
}

export const TableRows = memo(Rows) as typeof Rows

function sized(column: { width?: number }): { width: number } | undefined {
  return column.width === undefined ? undefined : { width: column.width }
}
