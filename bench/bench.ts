import { readdirSync } from 'node:fs'

/** What a bench measured: one flat line of names and numbers, with the unit in each name. */
export type Figure = Readonly<Record<string, string | number | boolean | null>>

export type BenchOptions = {
  /** One line of JSON and nothing else on standard output. */
  json: boolean
  /** What stood on the command line after the name. */
  args: readonly string[]
}

const folder = import.meta.dirname
const noBench = ['bench.ts', 'world.ts']
const names = readdirSync(folder)
  .filter((file) => /^[a-z0-9-]+\.ts$/.test(file) && !noBench.includes(file))
  .map((file) => file.slice(0, -'.ts'.length))

/**
 * `npm run bench -- <name> [--json]`: one file a figure. Each file exports `run`, which measures and
 * answers its figure; progress goes to standard error, the figure to standard output.
 */
async function main([name, ...args]: readonly string[]): Promise<number> {
  if (name === undefined || !names.includes(name)) {
    process.stderr.write(`Which bench? One of: ${names.join(', ')}.\n`)
    return 1
  }
  const { run } = (await import(`./${name}.ts`)) as {
    run(options: BenchOptions): Promise<Figure> | Figure
  }
  const json = args.includes('--json')
  const figure = await run({ json, args: args.filter((arg) => arg !== '--json') })
  process.stdout.write(json ? `${JSON.stringify(figure)}\n` : asTable(figure))
  return 0
}

function asTable(figure: Figure): string {
  const width = Math.max(...Object.keys(figure).map((key) => key.length))
  return Object.entries(figure)
    .map(([key, value]) => `${key.padEnd(width)}  ${value}\n`)
    .join('')
}

process.exitCode = await main(process.argv.slice(2))
