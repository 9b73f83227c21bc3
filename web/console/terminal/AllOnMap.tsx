import { useMemo, type ReactElement } from 'react'
import type { Store, Terminal } from '../../ui/types.ts'
import { Panel } from '../parts/Page.tsx'
import { useChoices } from '../resources.ts'
import { useText } from '../text.ts'
import type { Dot } from './map-option.ts'
import { TerminalMap } from './TerminalMap.tsx'
import type { MeasuredPosition } from './types.ts'

/** All terminals of the list on one schematic map, those with a flag in another colour. */
export function AllOnMap({ terminals }: { terminals: readonly Terminal[] }): ReactElement {
  const t = useText()
  const stores = useChoices<Store>('/v1/stores')
  const dots = useMemo((): Dot[] => {
    const wanted = new Set(terminals.map(({ store }) => store))
    const places = (stores.data ?? []).flatMap(({ id, name, position }): Dot[] =>
      position && wanted.has(id) ? [{ name, at: position, look: 'store' }] : [],
    )
    const seen = terminals.flatMap(({ name, position }): Dot[] => {
      const at = position as MeasuredPosition | null
      return at ? [{ name, at, look: (at.flags ?? []).length > 0 ? 'bad' : 'good' }] : []
    })
    return [...places, ...seen]
  }, [terminals, stores.data])
  return (
    <Panel title={t('terminals.map')}>
      <TerminalMap dots={dots} fenceM={null} label={t('terminals.map_label')} />
    </Panel>
  )
}
