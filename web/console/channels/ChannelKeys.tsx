import { Button } from 'antd'
import { useState, type ReactElement } from 'react'
import { EmptyState } from '../parts/ListStates.tsx'
import { Panel } from '../parts/Page.tsx'
import { When } from '../parts/When.tsx'
import { useText } from '../text.ts'
import type { ChannelAccount } from '../types.ts'
import { RotateKeys } from './RotateKeys.tsx'
import { useTermName } from './TermFields.tsx'

/** Of each key when it was set and its fingerprint; the key itself is shown to nobody. */
export function ChannelKeys({ account }: { account: ChannelAccount }): ReactElement {
  const t = useText()
  const name = useTermName()
  const [rotated, setRotated] = useState<{ which?: string } | null>(null)
  const keys = Object.entries(account.keys)
  return (
    <Panel
      title={t('channels.keys')}
      aside={
        account.state !== 'closed' && (
          <Button size="small" onClick={() => setRotated({})} data-testid="rotate">
            {t('channels.rotate')}
          </Button>
        )
      }
      flush
    >
      {keys.length === 0 ? (
        <EmptyState title={t('channels.keys_none')} />
      ) : (
        <div className="ct-scroll">
          <table className="ct-table ct-dense" aria-label={t('channels.keys')}>
            <thead>
              <tr>
                <th scope="col">{t('channels.key')}</th>
                <th scope="col">{t('channels.set_at')}</th>
                <th scope="col">{t('channels.fingerprint')}</th>
              </tr>
            </thead>
            <tbody>
              {keys.map(([key, { set_at, fingerprint }]) => (
                <tr key={key} data-testid="key-row">
                  <td data-label={t('channels.key')}>{name(`keys.${key}`)}</td>
                  <td data-label={t('channels.set_at')}>
                    <When at={set_at} full />
                  </td>
                  <td data-label={t('channels.fingerprint')}>
                    <code>{fingerprint}</code>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <p className="ct-small ct-panel-note">{t('channels.keys_shown_never')}</p>
      {rotated && (
        <RotateKeys account={account} which={rotated.which} onClose={() => setRotated(null)} />
      )}
    </Panel>
  )
}
