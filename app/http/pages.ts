import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { FastifyInstance, FastifyReply } from 'fastify'
import helmet from '@fastify/helmet'
import serveStatic from '@fastify/static'

// Each app is one page, and finds its own way from the address.
const apps = ['till', 'wallet', 'console'] as const

const self = "'self'"
// No inline script and no stranger's; antd writes its styles into the page. zxing is WebAssembly.
const policyWith = (formOrigins: () => readonly string[]) => ({
  useDefaults: false,
  directives: {
    defaultSrc: [self],
    scriptSrc: [self, "'wasm-unsafe-eval'"],
    styleSrc: [self, "'unsafe-inline'"],
    imgSrc: [self, 'data:', 'blob:'],
    fontSrc: [self, 'data:'],
    mediaSrc: [self, 'blob:'],
    connectSrc: [self],
    workerSrc: [self, 'blob:'],
    manifestSrc: [self],
    objectSrc: ["'none'"],
    baseUri: [self],
    // A card is put on file on a page of its scheme, to which the wallet posts a form.
    formAction: [self, () => formOrigins().join(' ') || self],
    frameAncestors: ["'none'"],
  },
})

export type PagesOptions = {
  webRoot: string
  publicUrl: string
  /** Where the wallet may post a form besides us, as origins. */
  formOrigins: () => readonly string[]
}

/**
 * Serves the built web apps: hashed files for ever, pages asked for anew each time, and one page
 * for every address inside an app. Strict headers are on these answers only, so that the API does
 * not pay for them. Without a build there is nothing here, and an address answers 404.
 */
export async function pages(
  app: FastifyInstance,
  { webRoot, publicUrl, formOrigins }: PagesOptions,
): Promise<void> {
  if (!existsSync(join(webRoot, 'index.html')) && !apps.some((name) => hasPage(webRoot, name))) {
    return
  }
  await app.register(helmet, {
    contentSecurityPolicy: policyWith(formOrigins),
    strictTransportSecurity: publicUrl.startsWith('https:') && { maxAge: 31_536_000 },
    referrerPolicy: { policy: 'no-referrer' },
    crossOriginEmbedderPolicy: false,
  })
  app.addHook('onRequest', (_request, reply, done) => {
    reply.header('permissions-policy', 'camera=(self), geolocation=(self), microphone=()')
    done()
  })
  await app.register(serveStatic, {
    root: webRoot,
    index: false,
    wildcard: true,
    redirect: false,
    cacheControl: false,
    preCompressed: true,
    setHeaders(reply, path) {
      const isHashed = path.startsWith(join(webRoot, 'assets'))
      reply.header('cache-control', isHashed ? 'public, max-age=31536000, immutable' : 'no-cache')
    },
  })

  const page = (reply: FastifyReply, file: string) => reply.sendFile(file)
  const schema = { hide: true }
  app.get('/', { schema }, (_request, reply) => page(reply, 'index.html'))
  for (const name of apps.filter((one) => hasPage(webRoot, one))) {
    app.get(`/${name}`, { schema }, (_request, reply) => reply.redirect(`/${name}/`, 308))
    app.get(`/${name}/*`, { schema }, (request, reply) => {
      const path = request.url.split('?', 1)[0] ?? ''
      // What looks like a file is one, or is not there; all else is the app's page.
      const isFile = /\.\w+$/.test(path)
      return page(reply, isFile ? decodeURIComponent(path.slice(1)) : `${name}/index.html`)
    })
  }
}

const hasPage = (webRoot: string, name: string) => existsSync(join(webRoot, name, 'index.html'))
