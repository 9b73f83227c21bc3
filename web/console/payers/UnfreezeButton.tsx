import { App, Button } from 'antd'
import type { ReactElement } from 'react'
import type { Payer } from '../../ui/types.ts'
import { useAsk } from '../parts/actions.ts'
import { api, useChange } from '../resources.ts'
import { useText } from '../text.ts'

/** Gives a frozen wallet back to its payer, after asking who that is. */
export function UnfreezeButton({ payer }: { payer: Payer }): ReactElement {
  const t = useText()
  const { message } = App.useApp()
  const ask = useAsk()
  const unfreeze = useChange(
    '/v1/payers',
    () => api.post<Payer>(`/v1/payers/${payer.id}/unfreeze`, {}),
    () => void message.success(t('payers.unfrozen')),
  )
  const question = {
    title: t('payers.unfreeze_title', { name: payer.name }),
    ...{ note: t('payers.unfreeze_note'), ok: t('payers.unfreeze') },
  }
  return (
    <Button
      type="link"
      size="small"
      onClick={() => ask(question, () => unfreeze.mutateAsync({}))}
      data-testid="unfreeze"
    >
      {t('payers.unfreeze')}
    </Button>
  )
}
