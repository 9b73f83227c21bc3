import type { ReactElement } from 'react'
import type { FilterBox } from '../filters.ts'
import { isOperator, usePrincipal } from '../session.tsx'
import { useText } from '../text.ts'
import { Choose } from './fields.tsx'
import { ClearFilters } from './ListStates.tsx'

/** Narrows a list to one merchant; a merchant's own people see only theirs anyway. */
export function MerchantFilter({ box }: { box: FilterBox<'merchant'> }): ReactElement | null {
  const t = useText()
  const operator = isOperator(usePrincipal())
  if (!operator) return null
  return (
    <>
      <Choose
        path="/v1/merchants"
        value={box.filters.merchant}
        onChange={(merchant) => box.set({ merchant })}
        placeholder={t('field.merchant')}
        clearable
        testId="filter-merchant"
      />
      {box.isFiltered && <ClearFilters onClear={box.clear} />}
    </>
  )
}
