import { Button, Segmented } from 'antd'
import { useCallback, useState, type ReactElement } from 'react'
import { useFilters } from '../filters.ts'
import { Choose } from '../parts/fields.tsx'
import { ListTable } from '../parts/ListTable.tsx'
import { Page } from '../parts/Page.tsx'
import { useList } from '../resources.ts'
import { useRuleColumns } from '../routing/columns.tsx'
import { DryRun } from '../routing/DryRun.tsx'
import { RuleForm } from '../routing/RuleForm.tsx'
import { isOperator, usePrincipal } from '../session.tsx'
import { useText } from '../text.ts'
import { ruleKinds, type RouteRule, type RuleKind } from '../types.ts'

const names = ['kind', 'merchant', 'ended'] as const

/** The rules by which roads are chosen, beside a dry run that shows what they come to. */
export default function Routing(): ReactElement {
  const t = useText()
  const operator = isOperator(usePrincipal())
  const box = useFilters(names)
  const { kind, merchant, ended } = box.filters
  const list = useList<RouteRule>('/v1/route_rules', {
    ...(kind ? { kind } : {}),
    ...(merchant ? { merchant } : {}),
  })
  const columns = useRuleColumns()
  const keep = useCallback(
    ({ state }: RouteRule) => ended === 'shown' || state !== 'ended',
    [ended],
  )
  const [isCreating, setCreating] = useState(false)
  const create = operator && (
    <Button type="primary" onClick={() => setCreating(true)} data-testid="create">
      {t('routing.create')}
    </Button>
  )
  return (
    <Page title={t('routing.title')} actions={create}>
      <div className="ct-beside">
        <ListTable
          name="route-rule"
          title={t('routing.title')}
          columns={columns}
          list={list}
          keep={keep}
          filter={box}
          toolbar={<Filters box={box} operator={operator} />}
          empty={{
            title: t('routing.empty'),
            detail: t(operator ? 'routing.empty_detail' : 'routing.empty_merchant'),
            action: create,
            whenFiltered: true,
          }}
        />
        <DryRun />
      </div>
      {isCreating && (
        <RuleForm kind={(kind as RuleKind) ?? 'promotion'} onClose={() => setCreating(false)} />
      )}
    </Page>
  )
}

type Box = ReturnType<typeof useFilters<(typeof names)[number]>>

function Filters({ box, operator }: { box: Box; operator: boolean }): ReactElement {
  const t = useText()
  const { filters, set } = box
  return (
    <>
      <Segmented
        className="ct-groups"
        value={filters.kind ?? ''}
        onChange={(kind) => set({ kind: kind || undefined })}
        options={[
          { value: '', label: t('accounts.group_all') },
          ...ruleKinds.map((value) => ({
            value: value as string,
            label: t(`routing.kind_${value}`),
          })),
        ]}
        data-testid="filter-kind"
      />
      {operator && (
        <Choose
          path="/v1/merchants"
          value={filters.merchant}
          onChange={(merchant) => set({ merchant })}
          placeholder={t('field.merchant')}
          clearable
          testId="filter-merchant"
        />
      )}
      <Button
        size="small"
        type={filters.ended ? 'primary' : 'default'}
        onClick={() => set({ ended: filters.ended ? undefined : 'shown' })}
        aria-pressed={!!filters.ended}
        data-testid="filter-ended"
      >
        {t('routing.show_ended')}
      </Button>
    </>
  )
}
