import { Button, Modal } from 'antd'
import { useState, type ReactElement } from 'react'
import { Icon } from '../../ui/icons.tsx'
import { useText } from '../text.ts'
import { copyText } from './CopyId.tsx'

export type SecretOnceProps = {
  title: string
  /** What it belongs to; it is printed above the secret. */
  of: string
  secret: string
  note: string
  large?: boolean
  onClose: () => void
}

/** A key or an activation code, on the only occasion that anybody sees it. */
export function SecretOnce(props: SecretOnceProps): ReactElement {
  const t = useText()
  const [isCopied, setCopied] = useState(false)
  return (
    <Modal
      open
      title={props.title}
      mask={{ closable: false }}
      keyboard={false}
      closable={false}
      width={560}
      footer={
        <Button type="primary" onClick={props.onClose} data-testid="secret-kept">
          {t('once.kept')}
        </Button>
      }
    >
      <div className="ct-once">
        <p className="ct-once-of">{props.of}</p>
        <code className={props.large ? 'ct-once-large' : ''} data-testid="secret">
          {props.secret}
        </code>
        <p>{props.note}</p>
        <div className="ct-once-actions">
          <Button
            icon={<Icon name={isCopied ? 'check' : 'copy'} size={16} />}
            onClick={() => void copyText(props.secret).then(() => setCopied(true))}
            autoFocus
          >
            {isCopied ? t('copy.copied') : t('copy.copy')}
          </Button>
          <Button icon={<Icon name="print" size={16} />} onClick={() => print()}>
            {t('copy.print')}
          </Button>
        </div>
      </div>
    </Modal>
  )
}
