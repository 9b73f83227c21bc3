import { Button } from 'antd'
import { useState, type ReactElement, type ReactNode } from 'react'
import { Money } from '../../ui/money.tsx'
import { SchemeMark } from '../../ui/scheme.tsx'
import { homeCurrency } from '../amounts.ts'
import { Facts } from '../parts/Facts.tsx'
import { Panel } from '../parts/Page.tsx'
import { useText, useWord, type Text } from '../text.ts'
import { EditPermission } from './EditPermission.tsx'
import type { PermissionTerms, TerminalDetail } from './types.ts'

type Name = keyof PermissionTerms
const names: Name[] = [
  ...(['is_locked', 'may_take_payment', 'may_refund', 'may_reverse'] as const),
  ...(['limit_per_payment', 'limit_per_day', 'schemes', 'hours'] as const),
  ...(['fence_radius_m', 'fence_action'] as const),
]

/** What the terminal may do in effect, and which level says so. */
export function PermissionPanel(props: {
  terminal: TerminalDetail
  storeName: string
  merchantName: string
}): ReactElement {
  const t = useText()
  const word = useWord()
  const { terminal } = props
  const { effective, from } = terminal.permission
  const [edited, setEdited] = useState<{ id: string; name: string } | null>(null)
  const levels = [
    { id: terminal.id, name: terminal.name, of: 'terminal' },
    { id: terminal.store, name: props.storeName, of: 'store' },
    { id: terminal.merchant, name: props.merchantName, of: 'merchant' },
  ]
  const facts = names.map((name) => ({
    label: t(labels[name]),
    value: (
      <span data-testid={`effective-${name}`}>
        {shown(effective, name, { t, word })}
        {from[name] && (
          <span className="ct-small"> · {word('terminals.scope_', from[name] ?? '')}</span>
        )}
      </span>
    ),
  }))
  return (
    <Panel title={t('terminals.permission')}>
      <Facts facts={facts} />
      <div className="ct-actions">
        {levels.map(({ id, name, of }) => (
          <Button key={id} onClick={() => setEdited({ id, name })} data-testid={`edit-${of}`}>
            {word('terminals.edit_', of)}
          </Button>
        ))}
      </div>
      {edited && <EditPermission subject={edited} onClose={() => setEdited(null)} />}
    </Panel>
  )
}

const labels = {
  is_locked: 'terminals.locked',
  may_take_payment: 'terminals.may_take_payment',
  may_refund: 'terminals.may_refund',
  may_reverse: 'terminals.may_reverse',
  limit_per_payment: 'terminals.limit',
  limit_per_day: 'terminals.limit_per_day',
  schemes: 'terminals.schemes',
  hours: 'terminals.hours',
  fence_radius_m: 'terminals.fence_radius',
  fence_action: 'terminals.fence_action',
} as const satisfies Record<Name, string>

type Words = { t: Text; word: (group: string, word: string) => string }

function shown(terms: PermissionTerms, name: Name, { t, word }: Words): ReactNode {
  const value = terms[name]
  if (name === 'is_locked') return word('terminals.tri_', value === true ? 'yes' : 'no')
  if (value === null || value === undefined) return t('terminals.not_limited')
  if (typeof value === 'boolean') return word('terminals.tri_', value ? 'yes' : 'no')
  if (name === 'fence_radius_m') return `${Number(value)} m`
  if (typeof value === 'number') return <Money minor={value} currency={homeCurrency} size="s" />
  if (typeof value === 'string') return word('terminals.fence_', value)
  return value.map((one) =>
    typeof one === 'string' ? (
      <SchemeMark key={one} scheme={one} size={16} />
    ) : (
      <span key={one.days.join()}>
        {one.days.map((day) => word('terminals.day_', String(day))).join(' ')} {one.from}–
        {one.until}{' '}
      </span>
    ),
  )
}
