import { useNavigate } from '@tanstack/react-router'
import { Button } from 'antd'
import { useMemo, useState, type ReactElement } from 'react'
import { SchemeMark } from '../../ui/scheme.tsx'
import { CreateChannel } from '../channels/CreateChannel.tsx'
import { HealthTag, LastMinute, useLiveHealth } from '../channels/HealthView.tsx'
import { CopyId } from '../parts/CopyId.tsx'
import { ListTable, type Column } from '../parts/ListTable.tsx'
import { Page } from '../parts/Page.tsx'
import { Standing } from '../parts/Standing.tsx'
import { Day } from '../parts/When.tsx'
import { useList } from '../resources.ts'
import { useText, type Text } from '../text.ts'
import type { ChannelAccount } from '../types.ts'

/** The accounts at channels: whose codes they charge, how they settle, and how they answer now. */
export default function Channels(): ReactElement {
  const t = useText()
  const navigate = useNavigate()
  const list = useList<ChannelAccount>('/v1/channel_accounts')
  const [isCreating, setCreating] = useState(false)
  const columns = useMemo(() => columnsOf(t), [t])
  useLiveHealth()
  const open = ({ id }: { id: string }): void =>
    void navigate({ to: '/channels/$id', params: { id } })
  const create = (
    <Button type="primary" onClick={() => setCreating(true)} data-testid="create">
      {t('channels.create')}
    </Button>
  )
  return (
    <Page title={t('channels.title')} actions={create}>
      <ListTable
        name="channel"
        title={t('channels.title')}
        columns={columns}
        list={list}
        onOpen={open}
        empty={{ title: t('channels.empty'), detail: t('channels.empty_detail'), action: create }}
      />
      {isCreating && <CreateChannel onClose={() => setCreating(false)} onDone={open} />}
    </Page>
  )
}

function columnsOf(t: Text): Column<ChannelAccount>[] {
  return [
    { key: 'name', title: t('field.name'), always: true, cell: (row) => row.name },
    {
      key: 'channel',
      title: t('channels.channel'),
      cell: (row) => <SchemeMark scheme={row.channel} size={16} />,
    },
    {
      key: 'scheme',
      title: t('channels.scheme'),
      hidden: true,
      cell: (row) => <SchemeMark scheme={row.scheme} size={16} />,
    },
    {
      key: 'acquirer',
      title: t('channels.acquirer'),
      cell: (row) => row.acquirer ?? t('channels.reached_direct'),
    },
    {
      key: 'settlement',
      title: t('channels.settlement'),
      wide: true,
      cell: (row) => t(`channels.settlement_${row.settlement}`),
    },
    {
      key: 'state',
      title: t('field.state'),
      width: 104,
      cell: (row) => <Standing group="channels.state_" word={row.state} />,
    },
    {
      key: 'health',
      title: t('channels.health'),
      width: 118,
      always: true,
      cell: (row) => <HealthTag account={row} />,
    },
    {
      key: 'recent',
      title: t('channels.last_minute'),
      cell: (row) => <LastMinute health={row.health} />,
    },
    {
      key: 'cost',
      title: t('channels.cost'),
      align: 'right',
      wide: true,
      cell: (row) => `${(row.cost_bps / 100).toFixed(2)}%`,
    },
    {
      key: 'created_at',
      title: t('field.created_at'),
      hidden: true,
      cell: (row) => <Day at={row.created_at} />,
    },
    {
      key: 'id',
      title: t('field.id'),
      hidden: true,
      cell: (row) => <CopyId id={row.id} what={t('field.id')} short />,
    },
  ]
}
