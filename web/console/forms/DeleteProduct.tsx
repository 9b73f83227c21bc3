import { App, Button } from 'antd'
import type { ReactElement } from 'react'
import { problemText } from '../../ui/i18n.tsx'
import type { Product } from '../../ui/types.ts'
import { api, useChange } from '../resources.ts'
import { useText } from '../text.ts'

/** Takes a product off the tills after asking; sales that name it stay as they are. */
export function DeleteProduct({ product }: { product: Product }): ReactElement {
  const t = useText()
  const { modal, message } = App.useApp()
  const remove = useChange(
    '/v1/products',
    () => api.del(`/v1/products/${product.id}`),
    () => void message.success(t('form.deleted')),
  )
  const ask = (): void => {
    void modal.confirm({
      title: t('products.delete_title', { name: product.name }),
      content: t('products.delete_note'),
      okText: t('form.delete'),
      okButtonProps: { danger: true },
      cancelText: t('form.cancel'),
      onOk: () =>
        remove.mutateAsync({}).catch((error: unknown) => void message.error(problemText(error))),
    })
  }
  return (
    <Button type="link" size="small" danger onClick={ask} data-testid="delete">
      {t('form.delete')}
    </Button>
  )
}
