import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import react from '@vitejs/plugin-react'
import { build, defineConfig, type Plugin, type Rolldown } from 'vite'

const here = new URL('.', import.meta.url).pathname
const apps = ['till', 'wallet', 'console']

/** In development every path inside an app is that app's page, as the server does it later. */
function appPages(): Plugin {
  return {
    name: 'onetill-app-pages',
    configureServer(server) {
      server.middlewares.use((request, _response, next) => {
        const path = request.url?.split('?')[0] ?? '/'
        const app = apps.find((name) => path === `/${name}` || path.startsWith(`/${name}/`))
        const isPage = !/\.\w+$/.test(path) && request.headers.accept?.includes('text/html')
        if (app && isPage) request.url = `/${app}/index.html`
        next()
      })
    },
  }
}

// Of JavaScript, compressed, before the wallet shows a code on a slow phone. Source: issue 2.
const walletFirstLoadBytes = 150_000

type Bundle = Rolldown.OutputBundle

/** The files that a chunk needs, itself among them; with `later` those too that it may load later. */
function filesOf(bundle: Bundle, fileName: string, later: boolean, found = new Set<string>()) {
  const chunk = bundle[fileName]
  if (found.has(fileName) || chunk?.type !== 'chunk') return found
  found.add(fileName)
  for (const style of chunk.viteMetadata?.importedCss ?? []) found.add(style)
  const next = later ? [...chunk.imports, ...chunk.dynamicImports] : chunk.imports
  for (const each of next) filesOf(bundle, each, later, found)
  return found
}

function gzipBytes(bundle: Bundle, fileNames: Iterable<string>): number {
  const sizes = [...fileNames].map((fileName) => {
    const file = bundle[fileName]
    return file?.type === 'chunk' ? gzipSync(file.code).length : 0
  })
  return sizes.reduce((sum, bytes) => sum + bytes, 0)
}

type Kept = { files: string[]; version: string }

/** The chunk that an app starts with. */
function entryOf(bundle: Bundle, app: string): string {
  const isEntry = (file: Bundle[string]) =>
    file.type === 'chunk' && file.isEntry && file.name === app
  const entry = Object.values(bundle).find(isEntry)
  if (!entry) throw new Error(`The page of the ${app} is missing.`)
  return entry.fileName
}

/** The files of an app and a version made from them, by which a browser knows a new build. */
function keptFiles(bundle: Bundle, app: string): Kept {
  const files = [...filesOf(bundle, entryOf(bundle, app), true)].sort()
  const page = bundle[`${app}/index.html`]
  const version = createHash('sha256')
    .update(files.join('\n'))
    .update(page?.type === 'asset' ? page.source : '')
    .digest('hex')
    .slice(0, 12)
  return { files: files.map((fileName) => `/${fileName}`), version }
}

/**
 * Builds the service workers of the till and the wallet, each one file, with the list of what it
 * keeps: a new build is a new worker and an unchanged one is not. Fails the build when the wallet's
 * first load has grown too large.
 */
function serviceWorkers(): Plugin {
  return {
    name: 'onetill-service-workers',
    enforce: 'post',
    async generateBundle(_options, bundle) {
      for (const app of ['till', 'wallet']) {
        const source = await buildWorker(app, keptFiles(bundle, app))
        this.emitFile({ type: 'asset', fileName: `${app}/sw.js`, source })
      }
      const bytes = gzipBytes(bundle, filesOf(bundle, entryOf(bundle, 'wallet'), false))
      this.info(`the wallet's first load is ${(bytes / 1000).toFixed(1)} kB of JavaScript, gzip`)
      if (bytes > walletFirstLoadBytes) {
        this.error(
          `The wallet's first load is ${bytes} bytes; ${walletFirstLoadBytes} are the most.`,
        )
      }
    },
  }
}

async function buildWorker(app: string, { files, version }: Kept): Promise<string> {
  const built = await build({
    configFile: false,
    root: here,
    logLevel: 'error',
    publicDir: false,
    define: { BUILT_FILES: JSON.stringify(files), BUILT_VERSION: JSON.stringify(version) },
    build: {
      target: 'es2020',
      write: false,
      emptyOutDir: false,
      rolldownOptions: { input: `${here}${app}/sw.ts`, output: { format: 'iife' } },
    },
  })
  const { output } = [built].flat()[0] as Rolldown.RolldownOutput
  return output[0].code
}

/** Writes a compressed twin beside every text of the build; the server sends it to who takes it. */
function compressedTwins(): Plugin {
  return {
    name: 'onetill-compressed-twins',
    enforce: 'post',
    writeBundle({ dir = '' }, bundle) {
      for (const { fileName } of Object.values(bundle)) {
        if (!/\.(js|css|html|svg|json|wasm)$/.test(fileName)) continue
        const file = join(dir, fileName)
        writeFileSync(`${file}.gz`, gzipSync(readFileSync(file)))
      }
    },
  }
}

// Modules that several apps share get chunks of their own, and the wallet's never touch antd.
const groups = [
  // The compiler's small helpers: without a home of their own they would move in with antd.
  { name: 'helpers', test: /@oxc-project.runtime|@babel.runtime|preload-helper/, priority: 50 },
  { name: 'react', test: /node_modules\/(react|react-dom|scheduler)\//, priority: 40 },
  {
    name: 'i18n',
    test: /node_modules\/(i18next|react-i18next|html-parse-stringify)\//,
    priority: 35,
  },
  { name: 'echarts', test: /node_modules\/(echarts|zrender)\//, priority: 30 },
  { name: 'antd', test: /node_modules\/(antd|@ant-design|@rc-component)\//, priority: 20 },
]

const pages = {
  index: `${here}index.html`,
  till: `${here}till/index.html`,
  wallet: `${here}wallet/index.html`,
  console: `${here}console/index.html`,
}

const manifest = readFileSync(`${here}../package.json`, 'utf8')
const { version } = JSON.parse(manifest) as { version: string }

export default defineConfig({
  root: here,
  base: '/',
  define: { APP_VERSION: JSON.stringify(version) },
  plugins: [react(), appPages(), serviceWorkers(), compressedTwins()],
  server: {
    port: 5173,
    proxy: { '/v1': 'http://127.0.0.1:8080', '/docs': 'http://127.0.0.1:8080' },
  },
  build: {
    target: 'es2020',
    outDir: `${here}dist`,
    emptyOutDir: true,
    reportCompressedSize: true,
    chunkSizeWarningLimit: 1200,
    rolldownOptions: {
      input: pages,
      output: {
        entryFileNames: 'assets/[name]-[hash].js',
        codeSplitting: { groups },
      },
    },
  },
})
