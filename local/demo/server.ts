import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import fastify from 'fastify'
import { contentSecurityPolicy } from './content-security-policy.ts'
import { bffAt } from './payments/bff.ts'
import { Payments } from './payments/payments.ts'
import { paymentRoutes } from './payments/routes.ts'

export interface DemoOptions {
  /** Port 0 picks a free one. */
  port: number
  host?: string
  /** Where the browser reaches our service. */
  apiUrl: string
  /** Where this server reaches it, if that is not the same. */
  serviceUrl?: string
  /** Where the browser reaches Authsignal's client API, `/v1` included, and its page. */
  authsignalUrl: string
  tenantId: string
  /** Where the browser gets ID tokens of anybody; without it the page offers none. */
  idTokenUrl?: string
  /** Where `buildDemo` put the page. */
  assetsDir: string
}

export interface Demo {
  url: string
  close(): Promise<void>
}

/** Where Authsignal's page returns to: the same page, which finds a token in its URL. */
export const CALLBACK_PATH = '/callback'

const HTML = 'text/html; charset=utf-8'
const ASSETS = [
  { path: '/', file: 'index.html', type: HTML },
  { path: CALLBACK_PATH, file: 'index.html', type: HTML },
  { path: '/app.js', file: 'app.js', type: 'text/javascript; charset=utf-8' },
  { path: '/styles.css', file: 'styles.css', type: 'text/css; charset=utf-8' },
] as const

/** Serves the demo page, and takes its payments. */
export async function startDemo(options: DemoOptions): Promise<Demo> {
  const { port, host = 'localhost', apiUrl, serviceUrl = apiUrl, assetsDir } = options
  const { authsignalUrl, tenantId, idTokenUrl } = options
  const app = fastify({
    forceCloseConnections: true,
    bodyLimit: 16 * 1024,
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false } },
  })
  const headers = {
    'content-security-policy': contentSecurityPolicy({
      connect: [apiUrl, authsignalUrl, ...(idTokenUrl ? [idTokenUrl] : [])],
      frame: authsignalUrl,
    }),
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
  app.get('/config.json', () => ({ apiUrl, authsignalUrl, tenantId, idTokenUrl }))
  const payments = new Payments({ bff: bffAt(serviceUrl), now: Date.now })
  await app.register(paymentRoutes, { payments })

  await app.listen({ port, host })
  const address = app.server.address()
  if (address === null || typeof address === 'string') throw new Error('not listening')
  return { url: `http://${nameOf(host)}:${address.port}`, close: () => app.close() }
}

function nameOf(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost'
  return host.includes(':') ? `[${host}]` : host
}
