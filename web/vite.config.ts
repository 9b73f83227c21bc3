import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

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

/**
 * Writes into the wallet's service worker which files make up the wallet, and a version made from
 * them, so that a new build is a new worker and an unchanged build is not.
 */
function walletFiles(): Plugin {
  return {
    name: 'onetill-wallet-files',
    enforce: 'post',
    generateBundle(_options, bundle) {
      const worker = bundle['wallet/sw.js']
      if (worker?.type !== 'chunk') return
      const found = new Set<string>()
      const visit = (fileName: string): void => {
        const chunk = bundle[fileName]
        if (found.has(fileName) || chunk?.type !== 'chunk') return
        found.add(fileName)
        for (const style of chunk.viteMetadata?.importedCss ?? []) found.add(style)
        for (const next of [...chunk.imports, ...chunk.dynamicImports]) visit(next)
      }
      const entry = Object.values(bundle).find(
        (file) => file.type === 'chunk' && file.isEntry && file.name === 'wallet',
      )
      if (entry) visit(entry.fileName)
      const page = bundle['wallet/index.html']
      const version = createHash('sha256')
        .update([...found].sort().join('\n'))
        .update(page?.type === 'asset' ? page.source : '')
        .digest('hex')
        .slice(0, 12)
      const list = JSON.stringify([...found].sort().map((fileName) => `/${fileName}`))
      worker.code = worker.code
        .replace(/(["'`])__WALLET_FILES__\1/, () => list)
        .replace(/__WALLET_VERSION__/g, version)
    },
  }
}

// Modules that several apps share get chunks of their own, and the wallet's never touch antd.
const groups = [
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
  sw: `${here}wallet/sw.ts`,
}

export default defineConfig({
  root: here,
  base: '/',
  plugins: [react(), appPages(), walletFiles()],
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
      input: Object.fromEntries(Object.entries(pages).filter(([, file]) => existsSync(file))),
      output: {
        entryFileNames: (chunk) =>
          chunk.name === 'sw' ? 'wallet/sw.js' : 'assets/[name]-[hash].js',
        codeSplitting: { groups },
      },
    },
  },
})
