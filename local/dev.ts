/**
 * `npm run dev`: the built service as its own process, the stand-ins and the demo page in this one.
 * Run from `dist-local/`, beside which the build puts `dist/`.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { CALLBACK_PATH, startDemo } from './demo/server.ts'
import { readQuotas } from './cognito/index.ts'
import { LOCAL_TENANT_ID, startLocalStack } from './local-stack.ts'

const PORTS = {
  service: 3000,
  admin: 9464,
  cognito: 9229,
  authsignal: 9230,
  idTokens: 9231,
  demo: 3080,
}
const READY_WITHIN_MS = 20_000

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))

const stack = await startLocalStack({
  triggersDir: path('../dist/triggers'),
  ports: PORTS,
  // The way back from Authsignal's page is the client's, and reaches the triggers in this round only.
  contextRound: 'on',
  pool: { quotas: readQuotas(process.env['LOCAL_COGNITO_QUOTAS']) },
  onLog: (line) => process.stdout.write(`${line}\n`),
}).catch(explainPortInUse)

const demo = await startDemo({
  port: PORTS.demo,
  apiUrl: `http://localhost:${PORTS.service}`,
  authsignalUrl: stack.authsignal.apiUrl,
  tenantId: LOCAL_TENANT_ID,
  idTokenUrl: stack.idTokens.origin,
  assetsDir: path('demo'),
}).catch(explainPortInUse)

const service = spawn(process.execPath, ['--enable-source-maps', path('../dist/server.mjs')], {
  env: {
    ...process.env,
    ...stack.serviceEnv,
    HOST: 'localhost',
    PORT: String(PORTS.service),
    ADMIN_PORT: String(PORTS.admin),
    CORS_ORIGINS: demo.url,
    ALLOWED_REDIRECT_URLS: `${demo.url}${CALLBACK_PATH}`,
  },
  stdio: 'inherit',
})
service.once('exit', (code) => process.exit(code ?? 1))
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop(service))

await waitUntilReady()
process.stdout.write(`
  The service            http://localhost:${PORTS.service}   admin http://localhost:${PORTS.admin}/health/ready
  Local Cognito          ${stack.cognito.url}
  Local Authsignal       ${stack.authsignal.origin}
  Local Google and Apple ${stack.idTokens.origin}
  Messages it would send ${stack.authsignal.origin}/local/messages
  Demo web client        ${demo.url}   <- open this one

`)

async function waitUntilReady(): Promise<void> {
  const giveUpAt = Date.now() + READY_WITHIN_MS
  const url = `http://localhost:${PORTS.admin}/health/ready`
  while (Date.now() < giveUpAt) {
    const answer = await fetch(url).catch(() => undefined)
    if (answer?.ok) return
    await sleep(100)
  }
  service.kill()
  throw new Error('the service did not become ready')
}

async function stop(child: ChildProcess): Promise<void> {
  child.removeAllListeners('exit')
  child.kill('SIGTERM')
  await once(child, 'exit')
  await Promise.all([demo.close(), stack.close()])
  process.exit(0)
}

function explainPortInUse(error: unknown): never {
  const port = error instanceof Error && 'port' in error ? error.port : undefined
  if (typeof port !== 'number') throw error
  process.stderr.write(`Port ${port} is in use. Stop what listens there and try again.\n`)
  process.exit(1)
}
