import type { ReactElement } from 'react'
import { useT } from '../ui/i18n.tsx'
import { Icon } from '../ui/icons.tsx'
import { countPieces } from './cart.ts'
import { configurationStore } from './configuration.ts'
import { NoteStrip } from './NoteStrip.tsx'
import { useStore } from './store.ts'
import { till } from './till.ts'
import { TopBar } from './TopBar.tsx'

/** Somebody locked this terminal from afar: why, whom to ask, and that the sale is still there. */
export function Locked(): ReactElement {
  const t = useT()
  const reason = useStore(configurationStore, ({ current }) => current?.lock_reason ?? null)
  const pieces = useStore(till, ({ cart }) => countPieces(cart.lines))
  return (
    <div className="till-screen till-locked" data-testid="till-locked" data-screen="locked">
      <TopBar isBare />
      <main role="alert">
        <Icon name="lock" size={88} />
        <h1>{t('locked.title')}</h1>
        {reason && (
          <p className="till-locked-reason" data-testid="locked-reason">
            <span>{t('locked.reason')}</span> {reason}
          </p>
        )}
        <p>{t('locked.next')}</p>
        {pieces > 0 && <p className="till-locked-kept">{t('locked.kept', { count: pieces })}</p>}
      </main>
      <NoteStrip />
    </div>
  )
}
