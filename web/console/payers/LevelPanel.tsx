import { Button, Form, Radio } from 'antd'
import { useState, type ReactElement } from 'react'
import { moneyText } from '../../ui/money.tsx'
import type { Mandate, Payer } from '../../ui/types.ts'
import { Facts } from '../parts/Facts.tsx'
import { Panel } from '../parts/Page.tsx'
import { api } from '../resources.ts'
import { useText, useWord } from '../text.ts'
import { ReasonDrawer } from './ReasonDrawer.tsx'

type Props = { payer: Payer; mandate: Mandate }

/** How well the payer has proved who pays, which bounds what codes may pay in a day. */
export function LevelPanel({ payer, mandate }: Props): ReactElement {
  const t = useText()
  const word = useWord()
  const capText = useCapText(mandate)
  const [isChanging, setChanging] = useState(false)
  const of = (level: string): ReactElement => (
    <>
      {word('payers.level_', level)}
      <br />
      <span className="ct-small">{capText(level)}</span>
    </>
  )
  const facts = [
    { label: t('payers.level_granted'), value: of(mandate.granted_level) },
    { label: t('payers.level_chosen'), value: of(mandate.level) },
  ]
  return (
    <Panel
      title={t('payers.level')}
      aside={
        <Button size="small" onClick={() => setChanging(true)} data-testid="change-level">
          {t('payers.level_change')}
        </Button>
      }
    >
      <Facts facts={facts} />
      {isChanging && (
        <ChangeLevel payer={payer} mandate={mandate} onClose={() => setChanging(false)} />
      )}
    </Panel>
  )
}

/** What a level allows in a day, in words. */
function useCapText({ caps, currency }: Mandate): (level: string) => string {
  const t = useText()
  return (level) => {
    const max = caps.per_day_by_level.find((one) => one.level === level)?.per_day_max ?? null
    if (max === null) return t('payers.level_agreed')
    return t('payers.level_cap', { amount: moneyText(max, currency) })
  }
}

type Values = { level: Mandate['level']; reason: string }

function ChangeLevel({ payer, mandate, onClose }: Props & { onClose: () => void }): ReactElement {
  const t = useText()
  const word = useWord()
  const capText = useCapText(mandate)
  const options = mandate.caps.per_day_by_level.map(({ level }) => ({
    value: level,
    label: (
      <>
        {word('payers.level_', level)} <span className="ct-small">{capText(level)}</span>
      </>
    ),
  }))
  return (
    <ReasonDrawer<Values>
      title={t('payers.level_title', { name: payer.name })}
      note={t('payers.level_note')}
      submitText={t('form.save')}
      example={t('payers.reason_level')}
      initial={{ level: mandate.granted_level }}
      send={(body) => api.post<Mandate>(`/v1/payers/${payer.id}/level`, body)}
      onClose={onClose}
    >
      <Form.Item name="level" label={t('payers.level')}>
        <Radio.Group vertical options={options} />
      </Form.Item>
    </ReasonDrawer>
  )
}
