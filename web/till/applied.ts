import { setLanguage } from '../ui/i18n.tsx'
import { setSoundSettings } from '../ui/sound.ts'
import { setOptions } from './till.ts'
import { newlySaid, type SettingValues } from './settings-said.ts'

/**
 * Takes over what was newly said from afar. What a cashier changes on the device afterwards stays,
 * until the setting is changed from afar again.
 */
export function applySettings(before: SettingValues, after: SettingValues): void {
  const said = newlySaid(before, after)
  const sound = said['till.sound']
  const voice = said['till.voice']
  if (typeof sound === 'boolean') setSoundSettings({ muted: !sound })
  if (typeof voice === 'boolean') setSoundSettings({ voice })
  const width = Number(said['till.receipt_width'])
  if (width === 58 || width === 80) setOptions({ paperMm: width })
  const language = said['till.language']
  if (language === 'zh-CN' || language === 'en') setLanguage(language)
}
