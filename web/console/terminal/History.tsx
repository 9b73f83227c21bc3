import { Segmented } from 'antd'
import { useState, type ReactElement } from 'react'
import { ActorName } from '../parts/ActorName.tsx'
import { DetailText } from '../parts/DetailText.tsx'
import { Bars, EmptyState, ErrorState } from '../parts/ListStates.tsx'
import { Panel } from '../parts/Page.tsx'
import { When } from '../parts/When.tsx'
import { distanceText } from '../payment/geo.ts'
import { useOne } from '../resources.ts'
import { useText, useWord } from '../text.ts'
import type { List } from '../../ui/types.ts'
import type { HistoryEntry } from './types.ts'

type Kind = 'all' | 'permission' | 'position'

/** What happened to a terminal: who changed what and why, and where it was. */
export function History({ id }: { id: string }): ReactElement {
  const t = useText()
  const word = useWord()
  const [kind, setKind] = useState<Kind>('all')
  const history = useOne<List<HistoryEntry>>(`/v1/terminals/${id}/history`, { limit: 100 })
  const choose = (
    <Segmented<Kind>
      size="small"
      value={kind}
      onChange={setKind}
      options={(['all', 'permission', 'position'] as const).map((value) => ({
        value,
        label: word('terminals.history_', value),
      }))}
    />
  )
  return (
    <Panel title={t('terminals.history')} aside={choose}>
      {history.error ? (
        <ErrorState error={history.error} onRetry={() => void history.refetch()} />
      ) : !history.data ? (
        <Bars rows={4} columns={3} />
      ) : (
        <Entries entries={history.data.data.filter((one) => isOf(one, kind))} />
      )}
    </Panel>
  )
}

const isOf = ({ kind }: HistoryEntry, wanted: Kind): boolean =>
  wanted === 'all' || (wanted === 'position') === (kind === 'position')

function Entries({ entries }: { entries: HistoryEntry[] }): ReactElement {
  const t = useText()
  const word = useWord()
  if (entries.length === 0) return <EmptyState title={t('terminals.history_empty')} />
  return (
    <ol className="ct-history" data-testid="history">
      {entries.map((entry, place) => (
        <li key={`${entry.at} ${place}`} data-kind={entry.kind}>
          <When at={entry.at} full /> <strong>{word('terminals.kind_', entry.kind)}</strong>{' '}
          {entry.actor && <ActorName of={entry.actor} />} {entry.reason && <q>{entry.reason}</q>}
          <div className="ct-small">
            <Distance metres={entry.detail['distance_m']} />
            <DetailText of={entry.detail} skip={['distance_m', 'reason']} />
          </div>
        </li>
      ))}
    </ol>
  )
}

function Distance({ metres }: { metres: unknown }): ReactElement | null {
  const t = useText()
  if (typeof metres !== 'number') return null
  return <>{t('terminals.distance', { distance: distanceText(metres) })} · </>
}
