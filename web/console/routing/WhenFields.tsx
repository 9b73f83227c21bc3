import { Checkbox, Form, Input, InputNumber, Select, type FormInstance } from 'antd'
import type { ReactElement } from 'react'
import type { Store } from '../../ui/types.ts'
import { useChoices } from '../resources.ts'
import { useText, useWord } from '../text.ts'
import type { Area } from '../types.ts'
import { AreaMap } from './AreaMap.tsx'
import type { TypedRule } from './body.ts'

const storeKinds = ['small_store', 'supermarket', 'restaurant', 'online', 'other']
const weekdays = [1, 2, 3, 4, 5, 6, 7]
// Where a map begins when no store says where it is: People's Square in Shanghai.
const somewhere = { latitude: 31.2304, longitude: 121.4737 }
const USUAL_RADIUS_M = 500

type WhenFieldsProps = {
  under: 'promotion' | 'environment' | 'preference'
  form: FormInstance<TypedRule>
}

/** Where and when a rule holds; what is left empty holds everywhere and always. */
export function WhenFields({ under, form }: WhenFieldsProps): ReactElement {
  const t = useText()
  const word = useWord()
  const merchant = Form.useWatch('merchant', form)
  const stores = useChoices<Store>('/v1/stores', merchant ? { merchant } : {})
  return (
    <fieldset className="ct-fieldset">
      <legend>{t('routing.when')}</legend>
      <p className="ct-small">{t('routing.when_note')}</p>
      <Form.Item name={[under, 'when', 'stores']} label={t('nav.stores')}>
        <Select
          mode="multiple"
          allowClear
          showSearch={{ optionFilterProp: 'label' }}
          options={(stores.data ?? []).map(({ id, name }) => ({ value: id, label: name }))}
        />
      </Form.Item>
      <div className="ct-pair">
        <Form.Item name={[under, 'when', 'store_kinds']} label={t('stores.kind')}>
          <Select
            mode="multiple"
            allowClear
            options={storeKinds.map((value) => ({ value, label: word('stores.kind_', value) }))}
          />
        </Form.Item>
        <Form.Item
          name={[under, 'when', 'categories']}
          label={t('merchants.category')}
          rules={[
            {
              type: 'array',
              defaultField: { pattern: /^\d{4}$/ },
              message: t('merchants.category_invalid'),
            },
          ]}
        >
          <Select mode="tags" open={false} suffixIcon={null} placeholder="5411" maxLength={4} />
        </Form.Item>
      </div>
      <Form.Item name={[under, 'when', 'weekdays']} label={t('routing.weekdays')}>
        <Checkbox.Group
          options={weekdays.map((value) => ({
            value,
            label: word('routing.weekday_', String(value)),
          }))}
        />
      </Form.Item>
      <Form.Item label={t('routing.hours')} extra={t('routing.hours_help')}>
        <div className="ct-pair">
          <Form.Item name={[under, 'when', 'hours', 0, 'from']} noStyle>
            <Input type="time" aria-label={t('field.from')} />
          </Form.Item>
          <Form.Item name={[under, 'when', 'hours', 0, 'until']} noStyle>
            <Input type="time" aria-label={t('field.to')} />
          </Form.Item>
        </div>
      </Form.Item>
      <AreaFields under={under} form={form} stores={stores.data ?? []} />
    </fieldset>
  )
}

type AreaFieldsProps = WhenFieldsProps & { stores: readonly Store[] }

function AreaFields({ under, form, stores }: AreaFieldsProps): ReactElement {
  const t = useText()
  const name = [under, 'when', 'areas', 0]
  const typed = Form.useWatch(name as never, form) as Partial<Area> | undefined
  const isOn = typed?.radius_m != null
  const set = (area: Partial<Area> | undefined): void =>
    form.setFieldValue([under, 'when', 'areas'] as never, (area ? [area] : []) as never)
  const begin = (): void => {
    const { latitude, longitude } = stores.find((store) => store.position)?.position ?? somewhere
    set({ latitude, longitude, radius_m: USUAL_RADIUS_M })
  }
  const area = isArea(typed) ? typed : null
  const change = (how: (area: Area) => Area): void => {
    const now = form.getFieldValue(name as never) as Partial<Area> | undefined
    if (isArea(now)) set(how(now))
  }
  return (
    <>
      <Form.Item>
        <Checkbox
          checked={isOn}
          onChange={({ target }) => (target.checked ? begin() : set(undefined))}
        >
          {t('routing.area')}
        </Checkbox>
      </Form.Item>
      <div hidden={!isOn}>
        {area && <AreaMap area={area} stores={stores} onChange={change} />}
        <div className="ct-triple">
          <Form.Item name={[...name, 'latitude']} label={t('detail.latitude')}>
            <InputNumber min={-90} max={90} step={0.001} />
          </Form.Item>
          <Form.Item name={[...name, 'longitude']} label={t('detail.longitude')}>
            <InputNumber min={-180} max={180} step={0.001} />
          </Form.Item>
          <Form.Item name={[...name, 'radius_m']} label={t('routing.radius')}>
            <InputNumber min={1} max={100_000} step={50} suffix="m" />
          </Form.Item>
        </div>
      </div>
    </>
  )
}

const isArea = (typed: Partial<Area> | undefined): typed is Area =>
  typed?.latitude != null && typed.longitude != null && typed.radius_m != null
