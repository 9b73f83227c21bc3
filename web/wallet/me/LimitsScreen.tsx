import { useState, type ReactElement } from 'react'
import type { Mandate } from '../../ui/types.ts'
import { LimitsForm } from '../limits/LimitsForm.tsx'
import { Used } from '../limits/Used.tsx'
import { useLive } from '../live.tsx'
import { Page } from '../parts/Page.tsx'
import { Failed, Skeleton } from '../parts/states.tsx'
import { api } from '../session.ts'
import { useWords } from '../text.ts'
import { useLoad } from '../use-load.ts'

/** How much, how often, where, when and with whose word codes may be charged, and what is used. */
export function LimitsScreen(): ReactElement {
  const t = useWords()
  const { version } = useLive()
  const mandate = useLoad(() => api.get<Mandate>('/v1/mandates/current'), version)
  // A save begins a new form, of what the server says now.
  const [saves, setSaves] = useState(0)
  const [saved, setSaved] = useState<Mandate | null>(null)
  const shown = saved ?? mandate.value
  return (
    <Page title={t('limits.title')} back="me">
      {!shown && mandate.problem && <Failed problem={mandate.problem} onRetry={mandate.reload} />}
      {!shown && !mandate.problem && <Skeleton rows={5} />}
      {shown && (
        <>
          <Used mandate={mandate.value ?? shown} />
          <LimitsForm
            key={saves}
            mandate={shown}
            isSaved={saves > 0}
            onSaved={(next) => {
              setSaved(next)
              setSaves(saves + 1)
              mandate.reload()
            }}
          />
        </>
      )}
    </Page>
  )
}
