import { SettingOutlined } from '@ant-design/icons'
import { Button, Checkbox, Popover, Segmented } from 'antd'
import type { ReactElement } from 'react'
import { useText } from '../text.ts'
import type { Layout } from './layout.ts'
import type { Column } from './TableRows.tsx'

export type ColumnChooserProps<T> = { columns: Column<T>[]; layout: Layout }

/** Which columns, and how dense. */
export function ColumnChooser<T>({ columns, layout }: ColumnChooserProps<T>): ReactElement {
  const t = useText()
  const chooser = (
    <div className="ct-chooser">
      <Segmented
        block
        value={layout.isDense ? 'dense' : 'roomy'}
        onChange={(value) => layout.setDense(value === 'dense')}
        options={[
          { value: 'dense', label: t('list.dense') },
          { value: 'roomy', label: t('list.roomy') },
        ]}
        aria-label={t('list.density')}
      />
      <fieldset>
        <legend>{t('list.columns')}</legend>
        {columns.map((column) => (
          <Checkbox
            key={column.key}
            checked={column.always || layout.isShown(column.key)}
            disabled={column.always ?? false}
            onChange={() => layout.toggle(column.key)}
          >
            {column.title}
          </Checkbox>
        ))}
      </fieldset>
      <Button size="small" onClick={layout.reset}>
        {t('list.columns_reset')}
      </Button>
    </div>
  )
  return (
    <Popover content={chooser} trigger="click" placement="bottomRight">
      <Button
        type="text"
        icon={<SettingOutlined />}
        aria-label={t('list.columns')}
        title={t('list.columns')}
        data-testid="columns"
      />
    </Popover>
  )
}
