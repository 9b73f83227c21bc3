import type { ReactElement } from 'react'
import { Icon, type IconName } from '../../ui/icons.tsx'
import type { Source } from '../../ui/types.ts'

const icons: Record<Source['kind'], IconName> = {
  balance: 'wallet',
  card: 'card',
  linked: 'link',
  bank_card: 'stripes',
}

/** The drawing of an account by its kind. Its name always stands beside it. */
export function SourceIcon({ kind }: { kind: Source['kind'] }): ReactElement {
  return (
    <span className="source-icon">
      <Icon name={icons[kind]} />
    </span>
  )
}
