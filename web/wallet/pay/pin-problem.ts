import { asProblem } from '../../ui/api.ts'
import { problemText } from '../../ui/i18n.tsx'
import { words } from '../text.ts'

/** What to say after a PIN was sent and refused; with the tries that are left when they are told. */
export function pinProblem(thrown: unknown): string {
  const problem = asProblem(thrown)
  if (problem.code === 'PIN_WRONG' && problem.triesLeft !== null) {
    return words('pin.wrong_left', { count: problem.triesLeft })
  }
  return problemText(problem)
}
