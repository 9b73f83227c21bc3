import { App, Button } from 'antd'
import { useState, type ReactElement } from 'react'
import { problemText } from '../../ui/i18n.tsx'
import { useAsk } from '../parts/actions.ts'
import { api, useChange } from '../resources.ts'
import { useText } from '../text.ts'
import type { Peer } from '../types.ts'
import { ChangePeerKey } from './PeerForms.tsx'

const path = '/v1/peer_institutions'

/** Changes the keys with an institution, theirs and ours, or ends what there is with it. */
export function PeerButtons(props: {
  peer: Peer
  /** The next key was made: it is shown, to be handed over. */
  onMade: (of: string, key: string) => void
}): ReactElement | null {
  const t = useText()
  const ask = useAsk()
  const { message } = App.useApp()
  const { peer } = props
  const [isChanging, setChanging] = useState(false)
  const make = useChange(
    path,
    () => api.post<Peer>(`${path}/${peer.id}/answer_key`, {}),
    ({ name, next_answer_key: next }) => {
      if (next !== null) props.onMade(name, next)
    },
  )
  const use = useChange(path, () => api.post(`${path}/${peer.id}/answer_key/use`, {}))
  const close = useChange(path, () => api.post(`${path}/${peer.id}/close`, {}))
  if (peer.state === 'closed') return null
  return (
    <span className="ct-actions">
      <Button size="small" onClick={() => setChanging(true)} data-testid="change-key">
        {t('peers.change')}
      </Button>
      {peer.next_answer_key === null ? (
        <Button
          size="small"
          loading={make.isPending}
          onClick={() =>
            make.mutate(undefined, { onError: (error) => void message.error(problemText(error)) })
          }
          title={t('peers.make_note')}
          data-testid="make-key"
        >
          {t('peers.make')}
        </Button>
      ) : (
        <Button
          size="small"
          onClick={() =>
            ask(
              {
                ...{ title: t('peers.use_title'), note: t('peers.use_note'), ok: t('peers.use') },
              },
              () => use.mutateAsync(undefined),
            )
          }
          data-testid="use-key"
        >
          {t('peers.use')}
        </Button>
      )}
      <Button
        size="small"
        danger
        onClick={() =>
          ask(
            {
              ...{
                title: t('peers.close_title', { name: peer.name }),
                note: t('peers.close_note'),
              },
              ...{ ok: t('peers.close'), isDanger: true },
            },
            () => close.mutateAsync(undefined),
          )
        }
        data-testid="close-peer"
      >
        {t('peers.close')}
      </Button>
      {isChanging && <ChangePeerKey peer={peer} onClose={() => setChanging(false)} />}
    </span>
  )
}
