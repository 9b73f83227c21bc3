import type { ReactElement } from 'react'
import { problemText, useT } from '../ui/i18n.tsx'
import { Icon, type IconName } from '../ui/icons.tsx'
import { AsideNews } from './AsideNews.tsx'
import { configurationStore, mayTakePayment } from './configuration.ts'
import { connectionStore } from './connection.ts'
import { useStore } from './store.ts'
import { till, type Note } from './till.ts'

const icons: Record<Note['tone'], IconName> = { info: 'check', good: 'check', bad: 'warning' }

/**
 * One line that is always there, so that nothing moves when it speaks: the network first, then what
 * was said last.
 */
export function NoteStrip(): ReactElement {
  const t = useT()
  const note = useStore(till, (state) => state.note)
  const isOffline = useStore(connectionStore, ({ state }) => state === 'offline')
  const mayNotTake = !useStore(configurationStore, mayTakePayment)
  return (
    <>
      <AsideNews />
      <div className="till-note-strip">
        {!isOffline && !note && mayNotTake && (
          <p className="till-offline" role="alert" data-testid="till-may-not">
            <Icon name="lock" size={18} /> {t('till.may_not_take')}
          </p>
        )}
        {isOffline && (
          <p className="till-offline" role="alert" data-testid="till-offline">
            <Icon name="offline" size={18} /> {t('till.offline')}
          </p>
        )}
        {/* Two regions that stay in the page, for a region that appears is not read aloud. */}
        <div role="status" aria-live="polite">
          {!isOffline && note && note.tone !== 'bad' && <NoteLine note={note} />}
        </div>
        <div role="alert" aria-live="assertive">
          {!isOffline && note?.tone === 'bad' && <NoteLine note={note} />}
        </div>
      </div>
    </>
  )
}

/** What was said last, as colour, icon and words; a problem with its request id. */
export function NoteLine({ note }: { note: Note }): ReactElement {
  const t = useT()
  const { tone, key, values, problem } = note
  return (
    <p key={note.id} className={`till-note till-note-${tone}`} data-testid="till-note">
      <Icon name={icons[tone]} size={18} />
      <span>{problem ? problemText(problem) : t(key, values)}</span>
      {problem?.requestId && (
        <small>
          {t('common.request_id')} {problem.requestId}
        </small>
      )}
    </p>
  )
}
