import type { ReactElement } from 'react'
import { formatDateTime } from '../../ui/i18n.tsx'
import type { Terminal } from '../../ui/types.ts'
import { SecretOnce } from '../parts/SecretOnce.tsx'
import { useZone } from '../session.tsx'
import { useText } from '../text.ts'

/** The activation code, large enough to be read across a counter. */
export function ActivationCode(props: {
  terminal: Terminal
  onClose: () => void
}): ReactElement | null {
  const t = useText()
  const zone = useZone()
  const { name, activation_code, activation_expires_at } = props.terminal
  if (!activation_code) return null
  const time = activation_expires_at ? formatDateTime(activation_expires_at, zone) : ''
  return (
    <SecretOnce
      title={t('once.code_title')}
      of={t('once.code_print', { terminal: name })}
      secret={activation_code}
      note={t('once.code_note', { time })}
      large
      onClose={props.onClose}
    />
  )
}
