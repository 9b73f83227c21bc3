import { Input } from 'antd'
import { useEffect, useState, type ReactElement } from 'react'
import { Icon } from '../../ui/icons.tsx'
import type { FilterBox } from '../filters.ts'
import { useText } from '../text.ts'

type SearchFieldProps = {
  box: FilterBox<'q'>
  /** By what else than name and id rows are found. */
  placeholder?: string
}

/** Finds rows by a part of their name, or by their id; what is searched for stands in the address. */
export function SearchField({ box, ...props }: SearchFieldProps): ReactElement {
  const t = useText()
  const placeholder = props.placeholder ?? t('list.search')
  const { q = '' } = box.filters
  const [typed, setTyped] = useState(q)
  // Going back, and clearing the filters, change it from outside.
  useEffect(() => setTyped(q), [q])
  const apply = (text: string): void => box.set({ q: text.trim() || undefined })
  return (
    <Input
      className="ct-search"
      value={typed}
      onChange={(event) => {
        setTyped(event.target.value)
        if (!event.target.value) apply('')
      }}
      onPressEnter={() => apply(typed)}
      onBlur={() => apply(typed)}
      prefix={<Icon name="search" size={14} />}
      placeholder={placeholder}
      aria-label={placeholder}
      maxLength={64}
      allowClear
      data-testid="filter-q"
    />
  )
}
