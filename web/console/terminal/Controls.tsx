import { App, Button, Switch } from 'antd'
import { useState, type ReactElement, type ReactNode } from 'react'
import { problemText } from '../../ui/i18n.tsx'
import type { Terminal } from '../../ui/types.ts'
import { minorOrNull, typedFromMinor } from '../amounts.ts'
import { AmountField } from '../parts/fields.tsx'
import { FormDrawer } from '../parts/FormDrawer.tsx'
import { InRow } from '../parts/TableRow.tsx'
import { api, useChange } from '../resources.ts'
import { useText } from '../text.ts'

type Change = { state?: 'active' | 'locked'; may_take_payment?: boolean; may_refund?: boolean }

function useTerminalChange(terminal: Terminal) {
  const { message } = App.useApp()
  const t = useText()
  const change = useChange(
    '/v1/terminals',
    (body: Change) => api.patch<Terminal>(`/v1/terminals/${terminal.id}`, body),
    () => void message.success(t('form.saved')),
  )
  const failed = (error: unknown): void => void message.error(problemText(error))
  return { change, failed }
}

type Right = 'may_take_payment' | 'may_refund'

/** Whether the terminal may take payments, or give money back; it takes effect at once. */
export function MaySwitch({ terminal, right }: { terminal: Terminal; right: Right }): ReactElement {
  const t = useText()
  const { change, failed } = useTerminalChange(terminal)
  return (
    <InRow>
      <Switch
        size="small"
        checked={terminal[right]}
        loading={change.isPending}
        onChange={(may) => change.mutate({ [right]: may }, { onError: failed })}
        aria-label={`${t(`terminals.${right}`)} · ${terminal.name}`}
        data-testid={right.replaceAll('_', '-')}
      />
    </InRow>
  )
}

/** Locks a terminal after asking, and unlocks it without. A new one has nothing to lock yet. */
export function LockButton({ terminal }: { terminal: Terminal }): ReactElement | null {
  const t = useText()
  const { modal } = App.useApp()
  const { change, failed } = useTerminalChange(terminal)
  if (terminal.state === 'new') return null
  const isLocked = terminal.state === 'locked'
  const lock = (): void => {
    void modal.confirm({
      title: t('terminals.lock_title', { name: terminal.name }),
      content: t('terminals.lock_note'),
      okText: t('terminals.lock'),
      okButtonProps: { danger: true },
      cancelText: t('form.cancel'),
      onOk: () => change.mutateAsync({ state: 'locked' }).catch(failed),
    })
  }
  const unlock = (): void => change.mutate({ state: 'active' }, { onError: failed })
  return (
    <Button
      type="link"
      size="small"
      danger={!isLocked}
      loading={change.isPending}
      onClick={isLocked ? unlock : lock}
      data-testid={isLocked ? 'unlock' : 'lock'}
    >
      {t(isLocked ? 'terminals.unlock' : 'terminals.lock')}
    </Button>
  )
}

/** A new activation code, for a device that was replaced or never activated. */
export function NewCodeButton(props: {
  terminal: Terminal
  onCode: (terminal: Terminal) => void
}): ReactElement {
  const t = useText()
  const { terminal } = props
  const { modal, message } = App.useApp()
  const make = useChange(
    '/v1/terminals',
    () => api.post<Terminal>(`/v1/terminals/${terminal.id}/activation_code`, {}),
    (coded) => props.onCode({ ...terminal, ...coded }),
  )
  const run = () =>
    make.mutateAsync({}).catch((error: unknown) => void message.error(problemText(error)))
  const ask = (): void => {
    void modal.confirm({
      title: t('terminals.new_code_title', { name: terminal.name }),
      content: t('terminals.new_code_note'),
      okText: t('terminals.new_code'),
      cancelText: t('form.cancel'),
      onOk: run,
    })
  }
  return (
    <Button
      type="link"
      size="small"
      onClick={terminal.state === 'new' ? () => void run() : ask}
      loading={make.isPending}
      data-testid="new-code"
    >
      {t('terminals.new_code')}
    </Button>
  )
}

/** The limit per payment; a press changes it. */
export function LimitButton(props: { terminal: Terminal; children: ReactNode }): ReactElement {
  const t = useText()
  const { terminal } = props
  const [isOpen, setOpen] = useState(false)
  const { message } = App.useApp()
  const change = useChange(
    '/v1/terminals',
    (body: unknown) => api.patch<Terminal>(`/v1/terminals/${terminal.id}`, body),
    () => {
      setOpen(false)
      void message.success(t('form.saved'))
    },
  )
  return (
    <InRow>
      <Button type="link" size="small" onClick={() => setOpen(true)} data-testid="limit">
        {props.children}
      </Button>
      {isOpen && (
        <FormDrawer<{ limit_per_payment?: string }>
          title={t('terminals.limit_title', { name: terminal.name })}
          onClose={() => setOpen(false)}
          submit={change}
          submitText={t('form.save')}
          initial={{ limit_per_payment: typedFromMinor(terminal.limit_per_payment) }}
          toBody={({ limit_per_payment }) => ({
            limit_per_payment: minorOrNull(limit_per_payment),
          })}
        >
          <AmountField
            name="limit_per_payment"
            label={t('terminals.limit')}
            extra={t('terminals.limit_help')}
          />
        </FormDrawer>
      )}
    </InRow>
  )
}
