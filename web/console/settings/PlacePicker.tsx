import { Segmented } from 'antd'
import type { ReactElement } from 'react'
import type { FilterBox } from '../filters.ts'
import { Choose } from '../parts/fields.tsx'
import { isOperator, usePrincipal } from '../session.tsx'
import { useText } from '../text.ts'
import type { Scope } from './types.ts'

export const placeNames = ['scope', 'merchant', 'store', 'terminal'] as const
export type PlaceBox = FilterBox<(typeof placeNames)[number]>

/** The place that an address means, for this person; a subject that is still to be chosen is null. */
export function usePlace({ filters }: Pick<PlaceBox, 'filters'>): {
  scope: Scope
  subject: string | null | undefined
} {
  const operator = isOperator(usePrincipal())
  const wanted = filters.scope as Scope | undefined
  const scope = wanted ?? (operator ? 'institution' : 'merchant')
  if (scope === 'system' || scope === 'institution') return { scope, subject: undefined }
  if (scope === 'merchant' && !operator) return { scope, subject: undefined }
  return { scope, subject: filters[scope] ?? null }
}

/** Chooses the place whose settings are shown: from the institution down to one terminal. */
export function PlacePicker(props: { box: PlaceBox; isSystemYours: boolean }): ReactElement {
  const t = useText()
  const operator = isOperator(usePrincipal())
  const { filters, set } = props.box
  const { scope } = usePlace(props.box)
  const scopes: Scope[] = [
    ...(props.isSystemYours ? (['system'] as const) : []),
    ...(operator ? (['institution'] as const) : []),
    ...(['merchant', 'store', 'terminal'] as const),
  ]
  const { merchant, store } = filters
  const isBelow = scope !== 'system' && scope !== 'institution'
  return (
    <div className="ct-filters" role="group" aria-label={t('settings.place')}>
      <Segmented
        className="ct-groups"
        value={scope}
        onChange={(next) => set({ scope: next })}
        options={scopes.map((value) => ({ value, label: t(`settings.scope_${value}`) }))}
        data-testid="settings-scope"
      />
      {isBelow && operator && (
        <Choose
          path="/v1/merchants"
          value={merchant}
          onChange={(next) => set({ merchant: next, store: undefined, terminal: undefined })}
          placeholder={t('field.merchant')}
          clearable={scope !== 'merchant'}
          testId="settings-merchant"
        />
      )}
      {(scope === 'store' || scope === 'terminal') && (
        <Choose
          path="/v1/stores"
          {...(merchant ? { filters: { merchant } } : {})}
          value={store}
          onChange={(next) => set({ store: next, terminal: undefined })}
          placeholder={t('field.store')}
          clearable={scope === 'terminal'}
          testId="settings-store"
        />
      )}
      {scope === 'terminal' && (
        <Choose
          path="/v1/terminals"
          {...(merchant ? { filters: { merchant } } : {})}
          {...(store ? { keep: (row) => row.store === store } : {})}
          value={filters.terminal}
          onChange={(terminal) => set({ terminal })}
          placeholder={t('field.terminal')}
          testId="settings-terminal"
        />
      )}
    </div>
  )
}
