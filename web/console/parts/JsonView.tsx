import type { ReactElement } from 'react'
import { useText } from '../text.ts'
import { CopyButton } from './CopyId.tsx'

/** What the API answered, as it came. */
export function JsonView({ of }: { of: unknown }): ReactElement {
  const t = useText()
  const text = JSON.stringify(of, null, 2)
  return (
    <div className="ct-json">
      <CopyButton text={text} what={t('detail.tab_json')} />
      <pre tabIndex={0}>{text}</pre>
    </div>
  )
}
