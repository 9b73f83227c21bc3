import { useEffect, useState, type ReactElement } from 'react'
import { Icon } from '../../ui/icons.tsx'
import { useText } from '../text.ts'

/** Puts a text on the clipboard, also where the page is not served over https. */
export async function copyText(text: string): Promise<void> {
  if (navigator.clipboard) return navigator.clipboard.writeText(text)
  const area = document.createElement('textarea')
  area.value = text
  area.style.position = 'fixed'
  area.style.opacity = '0'
  document.body.append(area)
  area.select()
  document.execCommand('copy')
  area.remove()
}

/** A button that copies, and says for a moment that it did. */
export function CopyButton({ text, what }: { text: string; what: string }): ReactElement {
  const t = useText()
  const [isCopied, setCopied] = useState(false)
  useEffect(() => {
    if (!isCopied) return
    const timer = setTimeout(() => setCopied(false), 1500)
    return () => clearTimeout(timer)
  }, [isCopied])
  const label = isCopied ? t('copy.copied') : t('copy.copy_what', { what })
  return (
    <button
      type="button"
      className="ct-copy"
      aria-label={label}
      title={label}
      onClick={(event) => {
        event.stopPropagation()
        void copyText(text).then(() => setCopied(true))
      }}
    >
      <Icon name={isCopied ? 'check' : 'copy'} size={14} />
      <span className="ot-hidden" role="status">
        {isCopied ? t('copy.copied') : ''}
      </span>
    </button>
  )
}

/** An id with its copy button; `short` keeps its kind and its last six characters. */
export function CopyId(props: { id: string; what: string; short?: boolean }): ReactElement {
  const shown = props.short ? shortId(props.id) : props.id
  return (
    <span className="ct-id">
      <code title={props.id}>{shown}</code>
      <CopyButton text={props.id} what={props.what} />
    </span>
  )
}

/** `pay_01j…8k2m4q`: an id as it fits into a table; an account name is left as it is. */
export function shortId(id: string): string {
  const [kind = '', rest = ''] = id.split('_')
  return rest.length > 10 && !id.includes(':') ? `${kind}_…${rest.slice(-6)}` : id
}
