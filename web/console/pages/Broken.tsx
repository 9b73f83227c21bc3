import { Button } from 'antd'
import type { ReactElement } from 'react'
import { EmptyState } from '../parts/ListStates.tsx'
import { useText } from '../text.ts'

/** A page that failed to load or to draw; loading it again is what helps most of the time. */
export function Broken({ error }: { error: unknown }): ReactElement {
  const t = useText()
  return (
    <main className="ct-center">
      <EmptyState
        title={t('shell.crashed')}
        detail={error instanceof Error ? error.message : String(error)}
        action={
          <Button type="primary" onClick={() => location.reload()}>
            {t('shell.reload')}
          </Button>
        }
      />
    </main>
  )
}
