import { App, Button } from 'antd'
import { useMemo, type ReactElement } from 'react'
import { useTranslation } from 'react-i18next'
import { useAsk } from '../parts/actions.ts'
import type { Column } from '../parts/ListTable.tsx'
import { Standing } from '../parts/Standing.tsx'
import { InRow } from '../parts/TableRow.tsx'
import { When } from '../parts/When.tsx'
import { api, useChange } from '../resources.ts'
import { isOperator, usePrincipal } from '../session.tsx'
import { useText } from '../text.ts'
import type { RouteRule } from '../types.ts'
import { BudgetBar } from './BudgetBar.tsx'
import { useRuleNames } from './useNames.ts'
import { ruleWords } from './words.ts'

/** The columns of a routing rule: what it says in words, whose it is, and how long it holds. */
export function useRuleColumns(): Column<RouteRule>[] {
  const t = useText()
  const names = useRuleNames()
  const isEnglish = useTranslation().i18n.language === 'en'
  const operator = isOperator(usePrincipal())
  return useMemo(
    () => [
      {
        key: 'name',
        title: t('field.name'),
        always: true,
        wrap: true,
        cell: (row) => (
          <span className="ct-rule">
            <strong>{isEnglish ? row.name_en : row.name}</strong>
            <span>{ruleWords(row, { t, names }).join('　')}</span>
          </span>
        ),
      },
      {
        key: 'kind',
        title: t('field.kind'),
        width: 90,
        cell: (row) => t(`routing.kind_${row.kind}`),
      },
      {
        key: 'state',
        title: t('field.state'),
        width: 100,
        always: true,
        cell: (row) => <Standing group="routing.state_" word={row.state} />,
      },
      {
        key: 'merchant',
        title: t('field.merchant'),
        wide: true,
        hidden: !operator,
        cell: (row) => (row.merchant ? names.merchant(row.merchant) : t('channels.every_merchant')),
      },
      { key: 'budget', title: t('routing.budget'), cell: (row) => <BudgetBar rule={row} /> },
      {
        key: 'valid_from',
        title: t('routing.valid_from'),
        hidden: true,
        cell: (row) => <When at={row.valid_from} />,
      },
      {
        key: 'valid_until',
        title: t('routing.valid_until'),
        cell: (row) => (row.valid_until ? <When at={row.valid_until} /> : t('routing.no_end')),
      },
      ...(operator
        ? [
            {
              key: 'actions',
              title: t('list.actions'),
              width: 70,
              cell: (row: RouteRule) => <EndRule rule={row} />,
            },
          ]
        : []),
    ],
    [t, names, isEnglish, operator],
  )
}

function EndRule({ rule }: { rule: RouteRule }): ReactElement | null {
  const t = useText()
  const ask = useAsk()
  const { message } = App.useApp()
  const end = useChange(
    '/v1/route_rules',
    () => api.post(`/v1/route_rules/${rule.id}/end`, {}),
    () => void message.success(t('routing.ended')),
  )
  if (rule.state === 'ended') return null
  const question = {
    ...{ title: t('routing.end_title', { name: rule.name }), note: t('routing.end_note') },
    ...{ ok: t('routing.end'), isDanger: true },
  }
  return (
    <InRow>
      <Button
        type="link"
        size="small"
        danger
        onClick={() => ask(question, () => end.mutateAsync(undefined))}
        data-testid="end"
      >
        {t('routing.end')}
      </Button>
    </InRow>
  )
}
