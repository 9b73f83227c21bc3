import type { ReactElement } from 'react'
import { usePrincipal } from '../session.tsx'
import { useWord } from '../text.ts'
import { CopyId } from './CopyId.tsx'

/** Who did something: `person:per_…` in words, by name when it is the reader. */
export function ActorName({ of }: { of: string }): ReactElement {
  const word = useWord()
  const principal = usePrincipal()
  const [kind = '', id] = of.split(':')
  if (id === principal.id) return <span>{principal.name}</span>
  return (
    <span>
      {word('actor.', kind)} {id && <CopyId id={id} what={word('actor.', kind)} short />}
    </span>
  )
}
