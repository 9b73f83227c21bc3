import { useNavigate } from '@tanstack/react-router'
import { Input, type InputRef } from 'antd'
import { useEffect, useRef, useState, type ReactElement } from 'react'
import { Icon } from '../../ui/icons.tsx'
import { isOperator, usePrincipal } from '../session.tsx'
import { useText } from '../text.ts'

type Target = { to: string; search?: Record<string, string> }

/** Where a typed or pasted number leads: by the kind in an id, as a name, or as an order number. */
export function targetOf(typed: string, operator: boolean): Target {
  if (typed.startsWith('pay_')) return { to: `/payments/${typed}` }
  if (typed.startsWith('cha_') && operator) return { to: `/channels/${typed}` }
  if (typed.startsWith('wbh_')) return { to: `/webhooks/${typed}` }
  if (typed.startsWith('exc_') && operator)
    return { to: '/exceptions', search: { exception: typed } }
  if (typed.startsWith('mch_') && operator) return { to: `/merchants/${typed}` }
  if (typed.startsWith('str_')) return { to: '/payments', search: { store: typed } }
  if (typed.startsWith('trm_')) return { to: '/payments', search: { terminal: typed } }
  if (/^[a-z]+\.[a-z_]+$/.test(typed)) return { to: '/settings', search: { q: typed } }
  if (typed.includes(':')) return { to: `/accounts/${encodeURIComponent(typed)}` }
  // No number has anything but these signs; a name is looked for among merchants, or one's products.
  if (!/^[\w.-]+$/.test(typed))
    return { to: operator ? '/merchants' : '/products', search: { q: typed } }
  return { to: '/payments', search: { order_no: typed } }
}

/** One search box over every number there is; Ctrl or Command with K goes to it. */
export function JumpBox(): ReactElement {
  const t = useText()
  const navigate = useNavigate()
  const operator = isOperator(usePrincipal())
  const box = useRef<InputRef>(null)
  const [typed, setTyped] = useState('')

  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey)) return
      event.preventDefault()
      box.current?.focus({ cursor: 'all' })
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [])

  const go = (): void => {
    const wanted = typed.trim()
    if (wanted) void navigate({ ...targetOf(wanted, operator) } as never)
  }

  return (
    <Input
      ref={box}
      className="ct-jump"
      value={typed}
      onChange={(event) => setTyped(event.target.value)}
      onPressEnter={go}
      prefix={<Icon name="search" size={15} />}
      suffix={<kbd>{t('shell.search_hint')}</kbd>}
      placeholder={t('shell.search')}
      aria-label={t('shell.search')}
      data-testid="jump"
    />
  )
}
