import { Button } from 'antd'
import type { ReactElement } from 'react'
import { Icon } from '../../ui/icons.tsx'
import { useText } from '../text.ts'
import { readTyped, typedOf } from './draft.ts'
import type { Setting, SettingPlace } from './types.ts'
import { ValueField } from './ValueField.tsx'
import { usePlaceWords, useSettingWords, useValueWords } from './words.ts'

export type SettingRowProps = {
  setting: Setting
  place: SettingPlace
  currency: string
  /** What stands in the draft for it; undefined: nothing. */
  drafted: string | boolean | null | undefined
  onChange: (typed: string | boolean | null) => void
}

/** One setting: what it is for, its value here, and where that comes from. */
export function SettingRow(props: SettingRowProps): ReactElement {
  const { setting, currency, drafted, onChange } = props
  const words = useSettingWords()(setting)
  const valueWords = useValueWords(currency)
  const isDrafted = drafted !== undefined
  const isWrong = isDrafted && readTyped(setting, drafted) === undefined
  const shown = drafted === undefined ? setting.value : setting.inherited
  const typed = drafted ?? typedOf(setting, shown)
  return (
    <li
      className={`ct-setting ${isDrafted ? 'ct-setting-drafted' : ''}`}
      data-testid="setting"
      data-name={setting.name}
      data-from={setting.from?.scope ?? 'default'}
    >
      <div className="ct-setting-words">
        <strong>{words.title}</strong>
        <p>{words.explanation}</p>
        <code>{setting.name}</code>
      </div>
      {setting.is_changeable ? (
        <ValueField
          {...{ setting, typed, isWrong }}
          label={words.title}
          onChange={(next) => onChange(next)}
        />
      ) : (
        <p className="ct-setting-fixed">{valueWords(setting, setting.value)}</p>
      )}
      <Origin {...props} />
    </li>
  )
}

/** Where the value comes from, or what it becomes; and the way back to what stands above. */
function Origin({ setting, place, currency, drafted, onChange }: SettingRowProps): ReactElement {
  const t = useText()
  const placeWords = usePlaceWords()
  const valueWords = useValueWords(currency)
  const { from, own, inherited, is_changeable: mayChange } = setting
  const isHere = from?.scope === place.scope
  if (drafted !== undefined) {
    return (
      <div className="ct-setting-from">
        <span className="ot-tag ot-tone-waiting">
          <Icon name="clock" size={14} />
          {t(drafted === null ? 'settings.to_inherit' : 'settings.to_save')}
        </span>
        <span className="ct-small">
          {t('settings.was', { value: valueWords(setting, setting.value) })}
        </span>
        {own !== null && drafted !== null && <BackToAbove onClick={() => onChange(null)} />}
        <Button
          size="small"
          type="link"
          onClick={() => onChange(own === null ? null : typedOf(setting, own))}
        >
          {t('settings.undo_edit')}
        </Button>
      </div>
    )
  }
  if (setting.is_fixed) {
    return (
      <div className="ct-setting-from">
        <span className="ot-tag ot-tone-neutral">
          <Icon name="lock" size={14} />
          {t('settings.fixed')}
        </span>
      </div>
    )
  }
  return (
    <div className="ct-setting-from">
      <span className={`ot-tag ot-tone-${isHere && own !== null ? 'processing' : 'neutral'}`}>
        {!mayChange && <Icon name="lock" size={14} />}
        {from === null
          ? t('settings.from_default')
          : isHere
            ? t('settings.from_here')
            : t('settings.from_place', { place: placeWords(from) })}
      </span>
      {own !== null && (
        <span className="ct-small">
          {t('settings.inherited', { value: valueWords(setting, inherited) })}
        </span>
      )}
      {own !== null && mayChange && <BackToAbove onClick={() => onChange(null)} />}
    </div>
  )
}

function BackToAbove({ onClick }: { onClick: () => void }): ReactElement {
  const t = useText()
  return (
    <Button size="small" type="link" onClick={onClick} data-testid="inherit">
      {t('settings.inherit')}
    </Button>
  )
}
