import type { ReactElement } from 'react'
import { distanceM } from '../../modules/lib/distance.ts'
import { useT } from '../ui/i18n.tsx'
import type { Position } from '../ui/types.ts'
import { Ask } from './Ask.tsx'
import { confirmPlace } from './charge.ts'
import { configurationStore } from './configuration.ts'
import { distanceText } from './distance.ts'
import { useKeys } from './keys.ts'
import { useStore } from './store.ts'
import { till } from './till.ts'

/** The server wants the cashier's word: the till stands far from its shop. Nothing was charged. */
export function AskPlace({ position }: { position: Position | null }): ReactElement {
  const t = useT()
  const isHelpOpen = useStore(till, (state) => state.isHelpOpen)
  const shop = useStore(configurationStore, ({ current }) => current?.store.position ?? null)
  const answer = (isRight: boolean) => (): void => confirmPlace(isRight)
  useKeys({ Enter: answer(true), Escape: answer(false) }, !isHelpOpen)
  const far = shop && position ? distanceText(distanceM(shop, position)) : null
  return (
    <Ask
      question={far === null ? t('place.ask') : t('place.ask_far', { distance: far })}
      hint={t('place.hint')}
      yes={t('place.yes')}
      no={t('place.no')}
      onYes={answer(true)}
      onNo={answer(false)}
      isDanger={false}
      testId="ask-place"
    />
  )
}
