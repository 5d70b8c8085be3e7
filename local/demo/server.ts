import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import fastify from 'fastify'

export interface DemoOptions {
  /** Port 0 picks a free one. */
  port: number
  host?: string
  /** Where the browser reaches our service. */
  apiUrl: string
  /** Where the browser reaches Authsignal's client API, `/v1` included. */
  authsignalUrl: string
  tenantId: string
  /** Where `buildDemo` put the page. */
  assetsDir: string
}

export interface Demo {
  url: string
  close(): Promise<void>
}

const ASSETS = [
  { path: '/', file: 'index.html', type: 'text/html; charset=utf-8' },
  { path: '/app.js', file: 'app.js', type: 'text/javascript; charset=utf-8' },
  { path: '/styles.css', file: 'styles.css', type: 'text/css; charset=utf-8' },
] as const

/** Serves the demo page, under a policy that lets it talk to the two services and nobody else. */
export async function startDemo(options: DemoOptions): Promise<Demo> {
  const { port, host = 'localhost', apiUrl, authsignalUrl, tenantId, assetsDir } = options
  const app = fastify({ forceCloseConnections: true })
  const headers = {
    'content-security-policy': contentSecurityPolicy([apiUrl, authsignalUrl]),
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-cache',
  }
  app.addHook('onRequest', async (_request, reply) => {
    reply.headers(headers)
  })
  for (const { path, file, type } of ASSETS) {
    const content = await readFile(join(assetsDir, file))
    app.get(path, (_request, reply) => reply.type(type).send(content))
  }
  app.get('/config.json', () => ({ apiUrl, authsignalUrl, tenantId }))

  await app.listen({ port, host })
  const address = app.server.address()
  if (address === null || typeof address === 'string') throw new Error('not listening')
  return { url: `http://${nameOf(host)}:${address.port}`, close: () => app.close() }
}

function contentSecurityPolicy(urls: string[]): string {
  // 'self' is for config.json.
  const origins = new Set(["'self'", ...urls.map((url) => new URL(url).origin)])
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    `connect-src ${[...origins].join(' ')}`,
    "img-src 'self' data:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}

function nameOf(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost'
  return host.includes(':') ? `[${host}]` : host
}
