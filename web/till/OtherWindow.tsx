import { Button } from 'antd'
import type { ReactElement } from 'react'
import { useT } from '../ui/i18n.tsx'
import { Icon } from '../ui/icons.tsx'
import { useKeys } from './keys.ts'

/** A second window of the same till: it stands still until the cashier wants to go on here. */
export function OtherWindow({ onTakeOver }: { onTakeOver: () => void }): ReactElement {
  const t = useT()
  useKeys({ Enter: onTakeOver })
  return (
    <main className="till-door" data-testid="till-other-window">
      <Icon name="lock" size={40} />
      <h1>{t('till.other_window')}</h1>
      <p>{t('till.other_window_why')}</p>
      <Button type="primary" size="large" onClick={onTakeOver}>
        {t('till.take_over')} <kbd>Enter</kbd>
      </Button>
    </main>
  )
}
