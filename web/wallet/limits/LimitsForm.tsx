import { useState, type FormEvent, type ReactElement } from 'react'
import type { Mandate } from '../../ui/types.ts'
import { useWords } from '../text.ts'
import { Amounts } from './Amounts.tsx'
import { Areas } from './Areas.tsx'
import { ConsentChoice } from './ConsentChoice.tsx'
import { changeOf, draftOf, problemsOf, type Change, type Draft } from './draft.ts'
import { Hours } from './Hours.tsx'
import { LevelChoice } from './LevelChoice.tsx'
import { PinSheet } from './PinSheet.tsx'
import { ShopKinds } from './ShopKinds.tsx'
import { Shops } from './Shops.tsx'

/** What every part of the form is given. */
export type PartProps = {
  mandate: Mandate
  draft: Draft
  onChange: (draft: Draft) => void
}

type LimitsFormProps = {
  mandate: Mandate
  isSaved: boolean
  onSaved: (mandate: Mandate) => void
}

/** Everything a payer may set, saved together with one PIN. */
export function LimitsForm({ mandate, isSaved, onSaved }: LimitsFormProps): ReactElement {
  const t = useWords()
  const [draft, setDraft] = useState(() => draftOf(mandate))
  const [change, setChange] = useState<Change | null>(null)
  const problems = problemsOf(mandate, draft)
  const isRight = Object.keys(problems).length === 0
  const wanted = changeOf(mandate, draft)
  const isChanged = !isRight || Object.keys(wanted).length > 0
  const part = { mandate, draft, onChange: setDraft }

  function onSubmit(event: FormEvent): void {
    event.preventDefault()
    if (isRight && isChanged) setChange(wanted)
  }

  return (
    <>
      <form className="limits" onSubmit={onSubmit} noValidate>
        <LevelChoice {...part} />
        <Amounts {...part} problems={problems} />
        <ConsentChoice {...part} />
        <ShopKinds {...part} />
        <Shops {...part} />
        <Areas {...part} />
        <Hours {...part} isWrong={problems.hours === 'no_day'} />
        <footer className="limits-foot">
          <p className="small" role="status">
            {isChanged ? t('limits.unsaved') : isSaved ? t('limits.saved') : t('limits.next')}
          </p>
          <button type="submit" className="button button-main" disabled={!isChanged || !isRight}>
            {t('action.save')}
          </button>
        </footer>
      </form>
      {change && (
        <PinSheet
          change={change}
          onClose={() => setChange(null)}
          onSaved={(next) => {
            setChange(null)
            onSaved(next)
          }}
        />
      )}
    </>
  )
}
