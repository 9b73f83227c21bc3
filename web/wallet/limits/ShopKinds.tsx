import type { ReactElement } from 'react'
import { useWords } from '../text.ts'
import { Bounded } from './Bounded.tsx'
import { shopKinds } from './draft.ts'
import type { PartProps } from './LimitsForm.tsx'

/** The kinds of shops in which codes may be charged. */
export function ShopKinds({ draft, onChange }: PartProps): ReactElement {
  const t = useWords()
  const chosen = draft.shop_kinds
  const toggle = (kind: (typeof shopKinds)[number]) => {
    const next = shopKinds.filter((one) => (one === kind) !== (chosen?.includes(one) ?? false))
    onChange({ ...draft, shop_kinds: next })
  }
  return (
    <Bounded
      title={t('limits.kinds')}
      open={t('limits.any_kind')}
      isOpen={chosen === null}
      onToggle={(isOpen) => onChange({ ...draft, shop_kinds: isOpen ? null : [...shopKinds] })}
    >
      <div className="chips">
        {shopKinds.map((kind) => (
          <button
            key={kind}
            type="button"
            className="chip"
            aria-pressed={chosen?.includes(kind) ?? false}
            onClick={() => toggle(kind)}
          >
            {t(`limits.kind_${kind}`)}
          </button>
        ))}
      </div>
    </Bounded>
  )
}
