/**
 * Ends the program with a mistake that nobody may live on with. Its keeper starts it again, and what was
 * open is found on the disk.
 */
export function endWith(mistake: unknown): void {
  setImmediate(() => {
    throw mistake
  })
}
