import type { ReactElement } from 'react'
import { Icon } from '../../ui/icons.tsx'
import type { List, PaymentView } from '../../ui/types.ts'
import { api } from '../session.ts'
import { useWords } from '../text.ts'
import { useLoad } from '../use-load.ts'
import { Bounded } from './Bounded.tsx'
import type { PartProps } from './LimitsForm.tsx'

type Shop = { id: string; name: string }

/** The merchants to whom alone codes pay, chosen among those who were paid before. */
export function Shops({ draft, onChange }: PartProps): ReactElement {
  const t = useWords()
  const chosen = draft.merchants
  const set = (merchants: Shop[] | null) => onChange({ ...draft, merchants })
  return (
    <Bounded
      title={t('limits.shops')}
      open={t('limits.any_shop')}
      isOpen={chosen === null}
      onToggle={(isOpen) => set(isOpen ? null : [])}
    >
      {chosen && chosen.length > 0 && (
        <>
          <p className="small">{t('limits.only_shops')}</p>
          <ul className="bounds">
            {chosen.map(({ id, name }) => (
              <li key={id}>
                <Icon name="shop" />
                <span>{name}</span>
                <button
                  type="button"
                  className="icon-button"
                  aria-label={t('limits.remove', { name })}
                  onClick={() => set(chosen.filter((one) => one.id !== id))}
                >
                  <Icon name="cross" />
                </button>
              </li>
            ))}
          </ul>
        </>
      )}
      <Paid chosen={chosen ?? []} onAdd={(shop) => set([...(chosen ?? []), shop])} />
    </Bounded>
  )
}

/** Whom the payer has paid lately and has not named yet. */
function Paid({ chosen, onAdd }: { chosen: Shop[]; onAdd: (shop: Shop) => void }): ReactElement {
  const t = useWords()
  const bills = useLoad(() =>
    api.get<List<PaymentView>>('/v1/payments', { limit: '100', kind: 'purchase' }),
  )
  const paid = new Map(
    (bills.value?.data ?? []).map((one) => [one.merchant, one.merchant_name] as const),
  )
  const others = [...paid].filter(([id]) => !chosen.some((one) => one.id === id))
  return (
    <div className="adding">
      <p className="small">{paid.size === 0 ? t('limits.no_shops') : t('limits.add_shop')}</p>
      <div className="chips">
        {others.map(([id, name]) => (
          <button key={id} type="button" className="chip" onClick={() => onAdd({ id, name })}>
            <Icon name="plus" size={16} />
            {name}
          </button>
        ))}
      </div>
    </div>
  )
}
