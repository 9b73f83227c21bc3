import { Button, Modal } from 'antd'
import { useRef, useState, type ReactElement } from 'react'
import { problemText } from '../../ui/i18n.tsx'
import type { List } from '../../ui/types.ts'
import { csvHead, csvRows, type CsvColumn } from '../csv.ts'
import { api, type Filters } from '../resources.ts'
import { useZone } from '../session.tsx'
import { useText } from '../text.ts'

export type ExportCsvProps<Row extends { id: string }> = {
  path: string
  filters: Filters
  columns: CsvColumn<Row>[]
  fileName: string
}

type Progress = { count: number; phase: 'running' | 'failed' | 'done'; reason?: string }
// How far the export has come; what failed goes on from here.
type Work = { parts: string[]; after: string | null; count: number; isStopped: boolean }

/** Reads all pages of what is filtered and saves them as one file; it can be stopped at any time. */
export function ExportCsv<Row extends { id: string }>(props: ExportCsvProps<Row>): ReactElement {
  const t = useText()
  const zone = useZone()
  const work = useRef<Work | null>(null)
  const [progress, setProgress] = useState<Progress | null>(null)

  async function run(mine: Work): Promise<void> {
    setProgress({ count: mine.count, phase: 'running' })
    try {
      for (let isMore = true; isMore && !mine.isStopped;) {
        const query = { ...props.filters, limit: 100, starting_after: mine.after }
        const page = await api.get<List<Row>>(props.path, query)
        mine.parts.push(csvRows(props.columns, page.data))
        mine.count += page.data.length
        mine.after = page.data.at(-1)?.id ?? null
        isMore = page.has_more && mine.after !== null
        if (!mine.isStopped) setProgress({ count: mine.count, phase: 'running' })
      }
    } catch (error) {
      if (mine.isStopped) return
      return setProgress({ count: mine.count, phase: 'failed', reason: problemText(error) })
    }
    if (mine.isStopped) return
    save(mine.parts, props.fileName)
    setProgress({ count: mine.count, phase: 'done' })
  }

  function start(): void {
    work.current = { parts: [csvHead(props.columns)], after: null, count: 0, isStopped: false }
    void run(work.current)
  }

  function close(): void {
    if (work.current) work.current.isStopped = true
    setProgress(null)
  }

  const isRunning = progress?.phase === 'running'
  return (
    <>
      <Button onClick={start} data-testid="export">
        {t('export.button')}
      </Button>
      <Modal
        open={progress !== null}
        title={t('export.title')}
        onCancel={close}
        mask={{ closable: !isRunning }}
        footer={[
          progress?.phase === 'failed' && (
            <Button key="on" type="primary" onClick={() => work.current && void run(work.current)}>
              {t('export.resume')}
            </Button>
          ),
          <Button key="close" onClick={close} data-testid="export-close">
            {t(isRunning ? 'export.cancel' : 'form.close')}
          </Button>,
        ]}
      >
        <p role="status" data-testid="export-progress" data-phase={progress?.phase}>
          {progress && words(t, progress)}
        </p>
        {isRunning && <div className="ct-progress" aria-hidden />}
        <p className="ct-small">{t('export.note', { zone })}</p>
      </Modal>
    </>
  )
}

function words(t: ReturnType<typeof useText>, { phase, count, reason }: Progress): string {
  if (phase === 'done') return t('export.done', { count })
  if (phase === 'failed') return t('export.failed', { reason })
  return t('export.running', { count })
}

function save(parts: string[], fileName: string): void {
  const address = URL.createObjectURL(new Blob(parts, { type: 'text/csv;charset=utf-8' }))
  const link = document.createElement('a')
  link.href = address
  link.download = fileName
  link.click()
  // The browser reads the file after the click; a minute is plenty.
  setTimeout(() => URL.revokeObjectURL(address), 60_000)
}
