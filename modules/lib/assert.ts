/**
 * A mistake in our own code, never a caller's. It is not caught below the top: the request dies
 * with 500 and its transaction rolls back.
 */
export class AssertionError extends Error {
  override readonly name = 'AssertionError'
}

/**
 * States what must be true if the program is right.
 *
 * @throws AssertionError when it is not. For what a caller may do wrong throw an AppError instead.
 */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new AssertionError(message)
}

/**
 * Closes a `switch` over a union: a case that was forgotten is a type error here.
 *
 * @throws AssertionError always, for a value that came past the types (a row, a message).
 */
export function unreachable(value: never): never {
  throw new AssertionError(`no case for ${String(value)}`)
}
