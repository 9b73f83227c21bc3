import i18next from 'i18next'
import type { ReactElement } from 'react'
import { t, useT } from './i18n.tsx'
import { Icon, type IconName } from './icons.tsx'

// Drawings of our own: nobody's trademark stands on a till that is not theirs to certify.
const marks: Readonly<Record<string, IconName>> = {
  onetill: 'wallet',
  book: 'wallet',
  wechat: 'bubble',
  alipay: 'coin',
  unionpay: 'stripes',
  bankcard: 'card',
  ecny: 'tablet',
  interbank: 'bank',
}

export type SchemeMarkProps = { scheme: string | null; size?: number }

/** Whose code or money it is: a drawing and always the word, for a drawing alone says too little. */
export function SchemeMark({ scheme, size = 20 }: SchemeMarkProps): ReactElement {
  useT()
  return (
    <span className="ot-scheme" data-scheme={scheme ?? ''}>
      <Icon name={marks[scheme ?? ''] ?? 'qr'} size={size} />
      {schemeText(scheme)}
    </span>
  )
}

/**
 * The word for a scheme or a road (`book`, `wechat`, `interbank` …); an unknown one as it came. Null is
 * an order that the merchant showed and nobody has paid yet.
 */
export function schemeText(scheme: string | null): string {
  if (scheme === null) return t('scheme.shown')
  return i18next.exists(`scheme.${scheme}`) ? t(`scheme.${scheme}`) : scheme
}
