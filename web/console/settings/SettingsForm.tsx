import { useBlocker } from '@tanstack/react-router'
import { App, Button, Segmented } from 'antd'
import { useState, type ReactElement } from 'react'
import type { FilterBox } from '../filters.ts'
import { FilteredEmpty } from '../parts/ListStates.tsx'
import { Panel } from '../parts/Page.tsx'
import { useText, useWord } from '../text.ts'
import { changesOf, isMeant, withField, wrongIn, type Draft } from './draft.ts'
import { placeNames } from './PlacePicker.tsx'
import { SaveDialog } from './SaveDialog.tsx'
import { SettingRow } from './SettingRow.tsx'
import type { Setting, SettingsView } from './types.ts'

export type SettingsFormProps = { view: SettingsView; box: FilterBox<'group' | 'q'> }

/** All settings of one place by group; what is changed is gathered and saved together. */
export function SettingsForm({ view, box }: SettingsFormProps): ReactElement {
  const t = useText()
  const word = useWord()
  const [draft, setDraft] = useState<Draft>({})
  const [version, setVersion] = useState(view.version)
  const { group, q = '' } = box.filters
  const groups = [...new Set(view.data.map((one) => one.group))]
  const meant = view.data.filter((one) => isMeant(one, q) && (!group || one.group === group))
  const shown = groups.filter((name) => meant.some((one) => one.group === name))
  useStay(Object.keys(draft).length > 0)

  function change(setting: Setting, typed: string | boolean | null): void {
    // What is compared when it is saved is what was on the screen when the first field was touched.
    if (Object.keys(draft).length === 0) setVersion(view.version)
    setDraft((now) => withField(now, setting, typed))
  }

  return (
    <>
      <div className="ct-toolbar">
        <Segmented
          className="ct-groups"
          value={group ?? ''}
          onChange={(next) => box.set({ group: next || undefined })}
          options={[
            { value: '', label: t('settings.group_all') },
            ...groups.map((value) => ({ value, label: word('settings.group_', value) })),
          ]}
          data-testid="settings-group"
        />
      </div>
      {shown.length === 0 && (
        <FilteredEmpty onClear={() => box.set({ group: undefined, q: undefined })} />
      )}
      {shown.map((name) => (
        <Panel key={name} title={word('settings.group_', name)} flush>
          <ul className="ct-settings">
            {meant
              .filter((one) => one.group === name)
              .map((setting) => (
                <SettingRow
                  key={setting.name}
                  setting={setting}
                  place={view}
                  currency={view.currency}
                  drafted={draft[setting.name]}
                  onChange={(typed) => change(setting, typed)}
                />
              ))}
          </ul>
        </Panel>
      ))}
      <SaveBar view={view} draft={draft} version={version} onClear={() => setDraft({})} />
    </>
  )
}

/** How many changes wait, and the way to save them or let them go. */
function SaveBar(props: {
  view: SettingsView
  draft: Draft
  version: number
  onClear: () => void
}): ReactElement | null {
  const { view, draft, version, onClear } = props
  const t = useText()
  const [isSaving, setSaving] = useState(false)
  const count = Object.keys(draft).length
  if (count === 0) return null
  const wrong = wrongIn(draft, view.data).length
  return (
    <div
      className="ct-save-bar"
      role="region"
      aria-label={t('settings.save')}
      data-testid="save-bar"
    >
      <span role="status">
        {wrong > 0 ? (
          <span className="ct-bad">{t('settings.wrong_count', { count: wrong })}</span>
        ) : (
          t('settings.draft_count', { count })
        )}
      </span>
      <Button onClick={onClear}>{t('form.discard')}</Button>
      <Button
        type="primary"
        disabled={wrong > 0}
        onClick={() => setSaving(true)}
        data-testid="settings-review"
      >
        {t('settings.review')}
      </Button>
      {isSaving && (
        <SaveDialog
          place={view}
          changes={changesOf(draft, view.data)}
          version={version}
          onClose={() => setSaving(false)}
          onSaved={() => {
            setSaving(false)
            onClear()
          }}
        />
      )}
    </div>
  )
}

/** Asks before changes that are not saved are left behind; a filter leaves nothing behind. */
function useStay(isDirty: boolean): void {
  const t = useText()
  const { modal } = App.useApp()
  useBlocker({
    enableBeforeUnload: isDirty,
    shouldBlockFn: async ({ current, next }) => {
      const from = current.search as Record<string, unknown>
      const to = next.search as Record<string, unknown>
      const isSame = [...placeNames, 'view'].every((name) => from[name] === to[name])
      if (!isDirty || (isSame && current.pathname === next.pathname)) return false
      const mayGo = await modal.confirm({
        title: t('form.unsaved'),
        okText: t('form.discard'),
        cancelText: t('form.keep'),
      })
      return !mayGo
    },
  })
}
