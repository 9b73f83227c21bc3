/** The list with one thing in another place; a place outside of it is its nearest end. */
export function moved<T>(list: readonly T[], { from, to }: { from: number; to: number }): T[] {
  const [taken, ...others] = [list.slice(from, from + 1), list.slice(0, from), list.slice(from + 1)]
  const rest = others.flat()
  const place = Math.max(0, Math.min(rest.length, to))
  return [...rest.slice(0, place), ...taken, ...rest.slice(place)]
}

/** In which of the rows, given by their lower edges, a height lies; beyond the last it is the last. */
export function rowAt(rows: readonly { bottom: number }[], height: number): number {
  const place = rows.findIndex(({ bottom }) => height < bottom)
  return place === -1 ? rows.length - 1 : place
}
