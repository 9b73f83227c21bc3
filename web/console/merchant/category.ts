import type { useWord } from '../text.ts'

/** A merchant category code with what it stands for, where that is one of the common ones. */
export function categoryText(word: ReturnType<typeof useWord>, code: string): string {
  const name = word('mcc.', code)
  return name === code ? code : `${name} (${code})`
}
