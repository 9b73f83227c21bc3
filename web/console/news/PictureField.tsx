import { Button, Form } from 'antd'
import { useEffect, useRef, useState, type ReactElement } from 'react'
import { api } from '../resources.ts'
import { useText } from '../text.ts'
import { shrink } from './shrink.ts'

type PictureProps = {
  /** A `data:` URL, null for none; left out: as it is on the server. */
  value?: string | null
  onChange?: (value: string | null) => void
  /** Of the news whose picture the server has. */
  kept: string | null
}

/** The picture of news as a form field. */
export function PictureField({ kept }: { kept: string | null }): ReactElement {
  const t = useText()
  return (
    <Form.Item name="picture" label={t('news.picture')} extra={t('news.picture_help')}>
      <Picture kept={kept} />
    </Form.Item>
  )
}

function Picture({ value, onChange, kept }: PictureProps): ReactElement {
  const t = useText()
  const input = useRef<HTMLInputElement>(null)
  const [problem, setProblem] = useState('')
  const before = useKeptPicture(value === undefined ? kept : null)
  const shown = value ?? before
  async function take(file: File | undefined): Promise<void> {
    if (!file) return
    try {
      onChange?.(await shrink(file))
      setProblem('')
    } catch {
      setProblem(t('news.picture_unreadable'))
    }
  }
  return (
    <div className="ct-picture">
      {shown && <img src={shown} alt="" />}
      <input
        ref={input}
        type="file"
        accept="image/png,image/jpeg,image/webp"
        hidden
        data-testid="picture"
        onChange={(event) => {
          void take(event.target.files?.[0])
          event.target.value = ''
        }}
      />
      <span className="ct-picture-buttons">
        <Button onClick={() => input.current?.click()}>{t('news.picture_choose')}</Button>
        {shown && (
          <Button type="text" onClick={() => onChange?.(null)}>
            {t('news.picture_remove')}
          </Button>
        )}
      </span>
      {problem && (
        <span className="ct-bad" role="alert">
          {problem}
        </span>
      )}
    </div>
  )
}

/** The address of a picture on the server, which is asked for with the token; empty until then. */
export function useKeptPicture(id: string | null): string {
  const [address, setAddress] = useState('')
  useEffect(() => {
    if (!id) return setAddress('')
    let isGone = false
    let made = ''
    fetch(`/v1/news/${id}/picture`, { headers: { Authorization: `Bearer ${api.token() ?? ''}` } })
      .then(async (answer) => {
        if (isGone || !answer.ok) return
        made = URL.createObjectURL(await answer.blob())
        setAddress(made)
      })
      .catch(() => {
        // The text is shown without it.
      })
    return () => {
      isGone = true
      if (made) URL.revokeObjectURL(made)
    }
  }, [id])
  return address
}
