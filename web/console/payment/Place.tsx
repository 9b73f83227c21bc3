import { useCallback, type ReactElement } from 'react'
import type { PaymentView, Position, Store } from '../../ui/types.ts'
import type { Palette } from '../../ui/tokens.ts'
import { Chart } from '../parts/Chart.tsx'
import { Facts, type Fact } from '../parts/Facts.tsx'
import { EmptyState } from '../parts/ListStates.tsx'
import { useChoices } from '../resources.ts'
import { useText } from '../text.ts'
import { distanceM, distanceText } from './geo.ts'
import { PLACE_HEIGHT, placeOption } from './place-option.ts'

/** Where the payment was made, beside where the store is: drawn without a map, and in numbers. */
export function Place({ payment }: { payment: PaymentView }): ReactElement {
  const t = useText()
  const stores = useChoices<Store>('/v1/stores', { merchant: payment.merchant })
  const { position } = payment
  if (!position) return <EmptyState title={t('detail.position_none')} />
  const store = stores.data?.find(({ id }) => id === payment.store)?.position ?? null
  const metres = store && distanceM(store, position)
  const facts: Fact[] = [
    { label: t('detail.latitude'), value: position.latitude.toFixed(6) },
    { label: t('detail.longitude'), value: position.longitude.toFixed(6) },
    {
      label: t('detail.accuracy'),
      value: position.accuracy_m == null ? '–' : `± ${distanceText(position.accuracy_m)}`,
    },
    {
      label: t('detail.distance'),
      value:
        metres === null
          ? t('detail.store_position_none')
          : `${distanceText(metres)} (${payment.store_name ?? ''})`,
    },
  ]
  return (
    <div className="ct-place" data-testid="place">
      <PlaceChart position={position} store={store} metres={metres} />
      <Facts facts={facts} />
    </div>
  )
}

type PlaceChartProps = { position: Position; store: Position | null; metres: number | null }

function PlaceChart({ position, store, metres }: PlaceChartProps): ReactElement {
  const t = useText()
  const option = useCallback(
    (colours: Palette) =>
      placeOption(
        { position, store },
        { store: t('detail.store_position'), payment: t('detail.payment_position') },
        colours,
      ),
    [position, store, t],
  )
  const label = t('detail.position_label', {
    distance: metres === null ? '–' : distanceText(metres),
  })
  return <Chart label={label} option={option} height={PLACE_HEIGHT} testId="place-chart" />
}
