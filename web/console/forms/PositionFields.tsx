import { AimOutlined } from '@ant-design/icons'
import { App, Button, Form, Input, type FormInstance } from 'antd'
import type { Rule } from 'antd/es/form'
import { useState, type ReactElement } from 'react'
import { useText } from '../text.ts'

export type TypedPosition = { latitude?: string; longitude?: string }

const pattern = /^-?\d{1,3}(\.\d{1,8})?$/
const degrees = (typed: string | undefined): number | null =>
  typed && pattern.test(typed.trim()) ? Number(typed) : null

/** The position as the API takes it, or nothing when none was typed. */
export function positionOf(typed: TypedPosition): {
  position?: { latitude: number; longitude: number }
} {
  const latitude = degrees(typed.latitude)
  const longitude = degrees(typed.longitude)
  return latitude === null || longitude === null ? {} : { position: { latitude, longitude } }
}

/** Latitude and longitude, typed or taken from this device. */
export function PositionFields<Values extends TypedPosition>(props: {
  form: FormInstance<Values>
}): ReactElement {
  const t = useText()
  const { message } = App.useApp()
  const [isLocating, setLocating] = useState(false)
  const form = props.form as unknown as FormInstance<TypedPosition>

  const within = (most: number, other: keyof TypedPosition, words: string): Rule => ({
    validator: (_rule, typed: string | undefined) => {
      if (!typed?.trim()) {
        const isAlone = !!form.getFieldValue(other)?.trim()
        return isAlone ? Promise.reject(new Error(t('stores.position_both'))) : Promise.resolve()
      }
      const at = degrees(typed)
      const isWithin = at !== null && Math.abs(at) <= most
      return isWithin ? Promise.resolve() : Promise.reject(new Error(words))
    },
  })

  function locate(): void {
    setLocating(true)
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        setLocating(false)
        form.setFieldsValue({
          latitude: coords.latitude.toFixed(6),
          longitude: coords.longitude.toFixed(6),
        })
      },
      (error) => {
        setLocating(false)
        void message.warning(t('stores.locate_failed', { reason: error.message }))
      },
      { enableHighAccuracy: true, timeout: 10_000 },
    )
  }

  return (
    <fieldset className="ct-fieldset">
      <legend>{t('stores.position')}</legend>
      <p className="ct-small">{t('stores.position_help')}</p>
      <div className="ct-pair">
        <Form.Item
          name="latitude"
          label={t('detail.latitude')}
          dependencies={['longitude']}
          rules={[within(90, 'longitude', t('stores.latitude_invalid'))]}
        >
          <Input inputMode="decimal" placeholder="31.230416" autoComplete="off" />
        </Form.Item>
        <Form.Item
          name="longitude"
          label={t('detail.longitude')}
          dependencies={['latitude']}
          rules={[within(180, 'latitude', t('stores.longitude_invalid'))]}
        >
          <Input inputMode="decimal" placeholder="121.473701" autoComplete="off" />
        </Form.Item>
      </div>
      <Button icon={<AimOutlined />} size="small" onClick={locate} loading={isLocating}>
        {t('stores.locate')}
      </Button>
    </fieldset>
  )
}
