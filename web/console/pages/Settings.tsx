import { Button, Input, Segmented } from 'antd'
import { useState, type ReactElement } from 'react'
import { problemText } from '../../ui/i18n.tsx'
import { useFilters } from '../filters.ts'
import { EmptyState, Bars, ErrorState } from '../parts/ListStates.tsx'
import { Page } from '../parts/Page.tsx'
import { useForget, useOne } from '../resources.ts'
import { downloadSettings } from '../settings/file.ts'
import { History } from '../settings/History.tsx'
import { ImportDrawer } from '../settings/ImportDrawer.tsx'
import { placeNames, PlacePicker, usePlace } from '../settings/PlacePicker.tsx'
import { SettingsForm } from '../settings/SettingsForm.tsx'
import type { SettingsView } from '../settings/types.ts'
import { useEvents } from '../stream.tsx'
import { useText } from '../text.ts'
import '../settings/settings.css'

const names = [...placeNames, 'group', 'q', 'view'] as const

/** Every parameter by place: what it is there, from where, what it may be; and who changed it. */
export default function Settings(): ReactElement {
  const t = useText()
  const forget = useForget()
  const box = useFilters(names)
  const isHistory = box.filters.view === 'changes'
  useEvents(({ type }) => {
    if (type === 'settings.changed') void forget('/v1/settings')
  })
  return (
    <Page title={t('settings.title')} actions={<FileButtons />}>
      <div className="ct-toolbar">
        <Segmented
          value={isHistory ? 'changes' : ''}
          onChange={(view) => box.set({ view: view || undefined })}
          options={[
            { value: '', label: t('settings.values') },
            { value: 'changes', label: t('settings.history') },
          ]}
          data-testid="settings-view"
        />
      </div>
      {isHistory ? <History /> : <Values box={box} />}
    </Page>
  )
}

type Box = ReturnType<typeof useFilters<(typeof names)[number]>>

/** The settings of the chosen place. */
function Values({ box }: { box: Box }): ReactElement {
  const t = useText()
  const { scope, subject } = usePlace(box)
  const path = subject === null ? null : '/v1/settings'
  const settings = useOne<SettingsView>(path, { scope, subject })
  // Who looks after the installation is known from the first answer on, whatever is asked next.
  const own = useOne<SettingsView>('/v1/settings', {
    scope: scope === 'system' ? 'institution' : scope,
    subject: scope === 'system' ? undefined : (subject ?? undefined),
  })
  const isSystemYours = scope === 'system' || own.data?.is_system_yours === true
  const { data, error } = settings
  return (
    <>
      <div className="ct-toolbar">
        <PlacePicker box={box} isSystemYours={isSystemYours} />
        <Input.Search
          className="ct-setting-search"
          allowClear
          defaultValue={box.filters.q ?? ''}
          onChange={(event) => box.set({ q: event.target.value || undefined })}
          placeholder={t('settings.search')}
          aria-label={t('settings.search')}
          data-testid="settings-search"
        />
      </div>
      {subject === null ? (
        <EmptyState title={t('settings.choose_place')} detail={t('settings.choose_place_detail')} />
      ) : error && !data ? (
        <ErrorState error={error} onRetry={() => void settings.refetch()} />
      ) : data ? (
        <SettingsForm key={`${data.scope} ${data.subject}`} view={data} box={box} />
      ) : (
        <Bars rows={8} columns={3} />
      )}
    </>
  )
}

/** Out as a file, and in from one. */
function FileButtons(): ReactElement {
  const t = useText()
  const [isImporting, setImporting] = useState(false)
  const [problem, setProblem] = useState<unknown>(null)
  return (
    <>
      {problem !== null && (
        <span className="ct-bad" role="alert">
          {problemText(problem)}
        </span>
      )}
      <Button
        onClick={() => {
          setProblem(null)
          downloadSettings().catch(setProblem)
        }}
        data-testid="settings-export"
      >
        {t('settings.export')}
      </Button>
      <Button onClick={() => setImporting(true)} data-testid="settings-import">
        {t('settings.import')}
      </Button>
      {isImporting && <ImportDrawer onClose={() => setImporting(false)} />}
    </>
  )
}
