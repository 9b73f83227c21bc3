/** One line to the person at the terminal. */
export function print(line = ''): void {
  process.stdout.write(`${line}\n`)
}
