import { App, Form, Input } from 'antd'
import type { ReactElement } from 'react'
import type { News } from '../../ui/news-types.ts'
import { minorOrNull, typedFromMinor } from '../amounts.ts'
import { momentOf } from '../days.ts'
import { AmountField, ChoiceField, TextField, useRequired } from '../parts/fields.tsx'
import { FormDrawer } from '../parts/FormDrawer.tsx'
import { api, useChange, useCreate } from '../resources.ts'
import { isOperator, usePrincipal, useZone } from '../session.tsx'
import { useText } from '../text.ts'
import { PictureField } from './PictureField.tsx'
import { typedMoment } from './typed.ts'

type Values = {
  merchant?: string
  title: string
  text: string
  picture?: string | null
  product?: string
  price?: string
  valid_from?: string
  valid_until: string
}

export type NewsFormProps = {
  news: News | null
  merchant: string | undefined
  onClose: () => void
}

/** News that is written, as a draft, or a draft that is changed. */
export function NewsForm({ news, merchant, onClose }: NewsFormProps): ReactElement {
  const t = useText()
  const zone = useZone()
  const operator = isOperator(usePrincipal())
  const { message } = App.useApp()
  const [form] = Form.useForm<Values>()
  const owner = Form.useWatch('merchant', form) ?? news?.merchant ?? merchant
  const done = (): void => {
    void message.success(t('form.saved'))
    onClose()
  }
  const create = useCreate<News>('/v1/news', done)
  const change = useChange(
    '/v1/news',
    (body: unknown) => api.patch<News>(`/v1/news/${news?.id}`, body),
    done,
  )
  const toBody = (values: Values) => ({
    ...(operator && !news ? { merchant: values.merchant } : {}),
    title: values.title.trim(),
    text: values.text.trim(),
    ...(values.picture !== undefined ? { picture: values.picture } : {}),
    product: values.product ?? null,
    price: minorOrNull(values.price),
    ...(values.valid_from ? { valid_from: momentOf(values.valid_from, zone) } : {}),
    valid_until: momentOf(values.valid_until, zone),
  })
  return (
    <FormDrawer<Values>
      title={t(news ? 'news.edit' : 'news.create')}
      size={520}
      form={form}
      onClose={onClose}
      submit={news ? change : create}
      submitText={t('form.save')}
      initial={initialOf(news, merchant, zone)}
      toBody={toBody}
    >
      {operator && !news && (
        <ChoiceField name="merchant" label={t('field.merchant')} path="/v1/merchants" required />
      )}
      <TextField name="title" label={t('news.heading')} maxLength={60} required />
      <BodyField />
      <PictureField kept={news?.has_picture ? news.id : null} />
      <ChoiceField
        name="product"
        label={t('news.product')}
        path="/v1/products"
        filters={operator ? { merchant: owner } : {}}
      />
      <AmountField name="price" label={t('news.price')} extra={t('news.price_help')} allowZero />
      <PeriodFields zone={zone} />
    </FormDrawer>
  )
}

function BodyField(): ReactElement {
  const t = useText()
  const required = useRequired()
  return (
    <Form.Item name="text" label={t('news.text')} rules={[required(t('news.text'))]}>
      <Input.TextArea rows={5} maxLength={2_000} showCount />
    </Form.Item>
  )
}

function PeriodFields({ zone }: { zone: string }): ReactElement {
  const t = useText()
  const required = useRequired()
  return (
    <div className="ct-period-fields">
      <Form.Item name="valid_from" label={t('news.valid_from')} extra={t('news.valid_from_help')}>
        <Input type="datetime-local" />
      </Form.Item>
      <Form.Item
        name="valid_until"
        label={t('news.valid_until')}
        extra={t('news.valid_until_help', { zone })}
        rules={[required(t('news.valid_until'))]}
      >
        <Input type="datetime-local" />
      </Form.Item>
    </div>
  )
}

const weekMs = 7 * 86_400_000

function initialOf(news: News | null, merchant: string | undefined, zone: string) {
  if (!news) {
    const until = typedMoment(new Date(Date.now() + weekMs).toISOString(), zone)
    return { ...(merchant ? { merchant } : {}), valid_until: until }
  }
  return {
    ...{ title: news.title, text: news.text, price: typedFromMinor(news.price) },
    ...(news.product ? { product: news.product } : {}),
    valid_from: typedMoment(news.valid_from, zone),
    valid_until: typedMoment(news.valid_until, zone),
  }
}
