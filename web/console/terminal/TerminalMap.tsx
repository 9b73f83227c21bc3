import { App, Button, Input } from 'antd'
import { useCallback, useRef, useState, type ReactElement } from 'react'
import type { Palette } from '../../ui/tokens.ts'
import { Chart } from '../parts/Chart.tsx'
import { EmptyState } from '../parts/ListStates.tsx'
import { useText } from '../text.ts'
import { MAP_HEIGHT, mapOption, type Dot } from './map-option.ts'
import { keepOutlines, keptOutlines, outlinesOf, type Outlines } from './outline.ts'

/** Where terminals are, around a store: rings for the distance, the fence, and nothing licensed. */
export function TerminalMap(props: {
  dots: readonly Dot[]
  fenceM: number | null
  label: string
}): ReactElement {
  const t = useText()
  const { dots, fenceM } = props
  const [outlines, setOutlines] = useState(keptOutlines)
  const store = dots.find(({ look }) => look === 'store')
  const middle = (store ?? dots[0])?.at
  const option = useCallback(
    (colours: Palette) =>
      middle ? mapOption({ dots, middle, fenceM, outlines: outlines.lines }, colours) : {},
    [dots, middle, fenceM, outlines],
  )
  if (!middle) {
    return <EmptyState title={t('terminals.map_empty')} detail={t('terminals.map_empty_detail')} />
  }
  return (
    <div className="ct-map">
      <Chart label={props.label} option={option} height={MAP_HEIGHT} testId="terminal-map" />
      {outlines.note && <p className="ct-small">{outlines.note}</p>}
      <OutlineChooser outlines={outlines} onChange={setOutlines} />
    </div>
  )
}

/** Takes a GeoJSON file and its approval number; both stay in this browser. */
function OutlineChooser(props: {
  outlines: Outlines
  onChange: (outlines: Outlines) => void
}): ReactElement {
  const t = useText()
  const { message } = App.useApp()
  const input = useRef<HTMLInputElement>(null)
  const { outlines, onChange } = props

  function take(next: Outlines): void {
    if (!keepOutlines(next.lines.length > 0 ? next : null))
      void message.warning(t('terminals.outline_kept_not'))
    onChange(next)
  }

  async function read(file: File | undefined): Promise<void> {
    if (!file) return
    const lines = outlinesOf(await file.text())
    if (lines) take({ ...outlines, lines })
    else void message.error(t('terminals.outline_wrong'))
  }

  const hasLines = outlines.lines.length > 0
  return (
    <div className="ct-actions">
      <input
        ref={input}
        type="file"
        accept=".geojson,.json,application/geo+json"
        hidden
        aria-hidden="true"
        tabIndex={-1}
        onChange={(event) => void read(event.target.files?.[0])}
        data-testid="outline-file"
      />
      <Button size="small" onClick={() => input.current?.click()}>
        {t('terminals.outline_add')}
      </Button>
      {hasLines && (
        <>
          <Input
            size="small"
            style={{ width: 200 }}
            value={outlines.note}
            maxLength={80}
            placeholder={t('terminals.outline_note')}
            aria-label={t('terminals.outline_note')}
            onChange={(event) => take({ ...outlines, note: event.target.value })}
          />
          <Button size="small" onClick={() => take({ lines: [], note: '' })}>
            {t('terminals.outline_remove')}
          </Button>
        </>
      )}
    </div>
  )
}
