import type { ReactElement } from 'react'
import { useText } from '../text.ts'
import type { Difference, SettingValue } from './types.ts'
import { useDefinitions, useSettingWords, useValueWords } from './words.ts'

type Row = Difference & { value_before?: SettingValue; value_after?: SettingValue }

/** What changes, setting by setting: before and after. What is inherited is said so. */
export function DiffTable({ diff }: { diff: readonly Row[] }): ReactElement {
  const t = useText()
  const definitions = useDefinitions()
  const words = useSettingWords()
  const valueWords = useValueWords(definitions.currency)

  function cell(name: string, own: SettingValue | null, value: SettingValue | undefined) {
    const setting = definitions.of(name)
    const known = own ?? value
    const text =
      known === undefined ? '' : setting ? valueWords(setting, known) : JSON.stringify(known)
    return (
      <>
        {text}
        {own === null && <span className="ct-muted"> {t('settings.inherits')}</span>}
      </>
    )
  }

  return (
    <div className="ct-scroll">
      <table className="ct-table ct-dense ct-diff" aria-label={t('settings.diff')}>
        <thead>
          <tr>
            <th scope="col">{t('settings.setting')}</th>
            <th scope="col">{t('settings.before')}</th>
            <th scope="col">{t('settings.after')}</th>
          </tr>
        </thead>
        <tbody>
          {diff.map(({ name, before, after, value_before, value_after }) => {
            const setting = definitions.of(name)
            return (
              <tr key={name} data-testid="diff-row" data-name={name}>
                <td data-label={t('settings.setting')} data-wrap>
                  {setting ? words(setting).title : name}
                </td>
                <td data-label={t('settings.before')} data-wrap className="ct-diff-before">
                  {cell(name, before, value_before)}
                </td>
                <td data-label={t('settings.after')} data-wrap className="ct-diff-after">
                  {cell(name, after, value_after)}
                </td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </div>
  )
}
