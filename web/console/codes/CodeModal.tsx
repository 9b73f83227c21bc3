import { Button, Modal } from 'antd'
import type { ReactElement } from 'react'
import { Icon } from '../../ui/icons.tsx'
import { QrCode } from '../../ui/symbols.tsx'
import { CopyId } from '../parts/CopyId.tsx'
import { Standing } from '../parts/Standing.tsx'
import { useStoreNames } from '../names.ts'
import { useText } from '../text.ts'
import type { MerchantCode } from '../types.ts'

/** A code on the wall as payers see it, with its address and a page to print. */
export function CodeModal(props: { code: MerchantCode; onClose: () => void }): ReactElement {
  const t = useText()
  const storeName = useStoreNames()
  const { code, onClose } = props
  return (
    <Modal
      open
      title={code.name}
      onCancel={onClose}
      width={440}
      footer={[
        <Button key="close" onClick={onClose}>
          {t('form.close')}
        </Button>,
        code.state === 'active' && (
          <Button
            key="print"
            type="primary"
            icon={<Icon name="print" size={16} />}
            href={code.print_url}
            target="_blank"
            rel="noreferrer"
          >
            {t('copy.print')}
          </Button>
        ),
      ]}
    >
      <div className="ct-wall-code" data-testid="wall-code">
        <Standing group="codes.state_" word={code.state} />
        <div className={code.state === 'active' ? '' : 'ct-faded'}>
          <QrCode text={code.url} module={5} label={t('codes.qr_label', { name: code.name })} />
        </div>
        <strong>{storeName(code.store)}</strong>
        <CopyId id={code.url} what={t('codes.url')} />
        <p className="ct-small">{t('codes.note')}</p>
      </div>
    </Modal>
  )
}
