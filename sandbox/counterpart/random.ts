import { createHash } from 'node:crypto'

/**
 * A stream of numbers in [0, 1) that is told by its seed and its names alone. Whoever asks for the
 * same names gets the same numbers, whatever was asked for before: so faults belong to an order
 * and not to the moment at which it came.
 */
export function drawFrom(seed: string, ...names: (string | number)[]): () => number {
  let drawn = 0
  return () => {
    const digest = createHash('sha256')
      .update(JSON.stringify([seed, ...names, drawn]))
      .digest()
    drawn += 1
    return digest.readUIntBE(0, 6) / 2 ** 48
  }
}

/**
 * Picks a name by its probability; what the probabilities leave of 1 is undefined. The names are
 * taken in alphabetical order, so that the order in which they were written down does not matter.
 */
export function pickWeighted<Name extends string>(
  weights: Partial<Record<Name, number>>,
  draw: number,
): Name | undefined {
  let upTo = 0
  for (const name of (Object.keys(weights) as Name[]).toSorted()) {
    upTo += weights[name] ?? 0
    if (draw < upTo) return name
  }
  return undefined
}
