import type { ReactElement } from 'react'
import { useT } from '../ui/i18n.tsx'
import { Icon } from '../ui/icons.tsx'
import { refundLooks, type RefundFace } from './refund-look.ts'

/** How a refund stands, as colour, icon and word. */
export function RefundTag({ face }: { face: RefundFace }): ReactElement {
  const t = useT()
  const { tone, icon } = refundLooks[face]
  return (
    <span className={`ot-tag ot-tone-${tone}`} data-testid="refund-tag" data-face={face}>
      <Icon name={icon} size={14} />
      {t(`refund.tag.${face}`)}
    </span>
  )
}
