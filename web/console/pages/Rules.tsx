import { Button } from 'antd'
import { useMemo, useState, type ReactElement } from 'react'
import type { AllocationRule } from '../../ui/types.ts'
import { useFilters } from '../filters.ts'
import { RuleEditor } from '../rules/RuleEditor.tsx'
import { LineList } from '../rules/LineList.tsx'
import { standingOf } from '../rules/standing.ts'
import { ActorName } from '../parts/ActorName.tsx'
import { Choose } from '../parts/fields.tsx'
import { EmptyState } from '../parts/ListStates.tsx'
import { ListTable, type Column } from '../parts/ListTable.tsx'
import { Page } from '../parts/Page.tsx'
import { Standing } from '../parts/Standing.tsx'
import { InRow } from '../parts/TableRow.tsx'
import { When } from '../parts/When.tsx'
import { useList } from '../resources.ts'
import { useText, type Text } from '../text.ts'

const names = ['merchant'] as const

/** How each merchant's payments are shared, version by version. */
export default function Rules(): ReactElement {
  const t = useText()
  const { filters, set } = useFilters(names)
  return (
    <Page
      title={t('rules.title')}
      actions={
        <Choose
          path="/v1/merchants"
          value={filters.merchant}
          onChange={(merchant) => set({ merchant })}
          placeholder={t('rules.choose_merchant')}
          testId="rule-merchant"
        />
      }
    >
      {filters.merchant ? (
        <Versions key={filters.merchant} merchant={filters.merchant} />
      ) : (
        <EmptyState title={t('rules.choose_merchant')} detail={t('rules.choose_merchant_detail')} />
      )}
    </Page>
  )
}

function Versions({ merchant }: { merchant: string }): ReactElement {
  const t = useText()
  const list = useList<AllocationRule>('/v1/allocation_rules', { merchant })
  const all = useMemo(() => list.data?.pages.flatMap((page) => page.data) ?? [], [list.data])
  // What the new version begins from: a version to copy, or nothing.
  const [edited, setEdited] = useState<{ from: AllocationRule | null } | null>(null)
  const columns = useMemo(
    () => columnsOf({ t, all, onCopy: (rule) => setEdited({ from: rule }) }),
    [t, all],
  )
  const current = all.find((rule) => standingOf(rule, all, Date.now()) === 'current') ?? null
  const create = (
    <Button type="primary" onClick={() => setEdited({ from: current })} data-testid="create">
      {t('rules.new_version')}
    </Button>
  )
  return (
    <>
      <ListTable
        name="rule"
        title={t('rules.title')}
        columns={columns}
        list={list}
        empty={{ title: t('rules.empty'), detail: t('rules.empty_detail'), action: create }}
        tools={all.length > 0 && create}
      />
      {edited && (
        <RuleEditor merchant={merchant} from={edited.from} onClose={() => setEdited(null)} />
      )}
    </>
  )
}

type ColumnsOf = {
  t: Text
  all: readonly AllocationRule[]
  onCopy: (rule: AllocationRule) => void
}

function columnsOf({ t, all, onCopy }: ColumnsOf): Column<AllocationRule>[] {
  return [
    {
      key: 'version',
      title: t('rules.version'),
      always: true,
      width: 100,
      cell: (row) => t('rules.version_n', { version: row.version }),
    },
    {
      key: 'state',
      title: t('field.state'),
      width: 110,
      cell: (row) => <Standing group="rules.state_" word={standingOf(row, all, Date.now())} />,
    },
    {
      key: 'effective_at',
      title: t('rules.effective_at'),
      width: 170,
      cell: (row) => <When at={row.effective_at} full />,
    },
    {
      key: 'lines',
      title: t('rules.lines'),
      always: true,
      wrap: true,
      cell: (row) => <LineList lines={row.lines} />,
    },
    {
      key: 'created_by',
      title: t('field.created_by'),
      cell: (row) => <ActorName of={row.created_by} />,
    },
    {
      key: 'created_at',
      title: t('field.created_at'),
      hidden: true,
      cell: (row) => <When at={row.created_at} full />,
    },
    {
      key: 'actions',
      title: t('list.actions'),
      width: 120,
      cell: (row) => (
        <InRow>
          <Button type="link" size="small" onClick={() => onCopy(row)}>
            {t('rules.copy_from', { version: row.version })}
          </Button>
        </InRow>
      ),
    },
  ]
}
