/**
 * What the person who starts the program must do, in one sentence. The command prints the sentence
 * and ends with exit code 1; nothing else is printed, so the sentence must stand on its own.
 */
export class OperatorError extends Error {
  override readonly name = 'OperatorError'
}
