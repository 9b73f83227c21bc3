import { App, Button, Input } from 'antd'
import { useState, type ReactElement } from 'react'
import { problemText } from '../../ui/i18n.tsx'
import { api, useChange, useForget } from '../resources.ts'
import { useText, useWord } from '../text.ts'
import type { ExceptionView } from '../types.ts'

type Deed = { action: string; note?: string; channel_ref?: string }

// What leaves the exception open until the counterpart has answered; it may be pressed again.
const triesAgain = ['refund_again', 'retry', 'ask_again']

/** What a person may do about an exception, each as a button, with a note that is kept. */
export function Actions({ exception }: { exception: ExceptionView }): ReactElement | null {
  const t = useText()
  const word = useWord()
  const { modal, message } = App.useApp()
  const forget = useForget()
  const [note, setNote] = useState('')
  const [channelRef, setChannelRef] = useState('')
  const resolve = useChange(
    '/v1/exceptions',
    (deed: Deed) => api.post<ExceptionView>(`/v1/exceptions/${exception.id}/resolve`, deed),
    ({ state }) => {
      void message.success(t(state === 'resolved' ? 'exceptions.resolved' : 'exceptions.under_way'))
      void forget('/v1/payments', '/v1/refunds')
    },
  )
  if (exception.actions.length === 0) return null

  const needsRef = (action: string): boolean => action === 'mark_succeeded'
  function run(action: string): Promise<unknown> {
    return resolve
      .mutateAsync({
        action,
        ...(note.trim() ? { note: note.trim() } : {}),
        ...(needsRef(action) ? { channel_ref: channelRef.trim() } : {}),
      })
      .catch((error: unknown) => void message.error(problemText(error)))
  }
  function ask(action: string): void {
    void modal.confirm({
      title: word('exceptions.do_', action),
      content: word('exceptions.note_', action),
      okText: word('exceptions.do_', action),
      cancelText: t('form.cancel'),
      onOk: () => run(action),
    })
  }
  const isMarkable = exception.actions.some(needsRef)
  return (
    <section className="ct-part" aria-label={t('exceptions.what_to_do')}>
      <h3>{t('exceptions.what_to_do')}</h3>
      <Input.TextArea
        rows={2}
        maxLength={500}
        value={note}
        onChange={({ target }) => setNote(target.value)}
        placeholder={t('exceptions.note_placeholder')}
        aria-label={t('exceptions.note')}
        data-testid="note"
      />
      {isMarkable && (
        <Input
          value={channelRef}
          onChange={({ target }) => setChannelRef(target.value)}
          placeholder={t('exceptions.channel_ref_help')}
          aria-label={t('exceptions.channel_ref')}
          maxLength={64}
          data-testid="channel-ref"
        />
      )}
      <div className="ct-actions">
        {exception.actions.map((action, place) => (
          <Button
            key={action}
            type={place === 0 ? 'primary' : 'default'}
            danger={action === 'mark_failed'}
            disabled={needsRef(action) && channelRef.trim() === ''}
            loading={resolve.isPending && resolve.variables.action === action}
            onClick={() => (triesAgain.includes(action) ? void run(action) : ask(action))}
            data-testid={`do-${action}`}
          >
            {word('exceptions.do_', action)}
          </Button>
        ))}
      </div>
      <ul className="ct-small ct-action-notes">
        {exception.actions.map((action) => (
          <li key={action}>
            <strong>{word('exceptions.do_', action)}</strong> {word('exceptions.note_', action)}
          </li>
        ))}
      </ul>
    </section>
  )
}
