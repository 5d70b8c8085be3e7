/** The stand-ins and the demo page as one container; the service is another (docker-compose.yml). */
import { fileURLToPath } from 'node:url'
import { startDemo } from './demo/server.ts'
import { readQuotas } from './cognito/index.ts'
import { LOCAL_TENANT_ID, startLocalStack } from './local-stack.ts'

const ANYWHERE = '0.0.0.0'
const PORTS = { cognito: 9229, authsignal: 9230, idTokens: 9231, demo: 3080 }
const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))
const {
  SERVICE_URL = 'http://localhost:3000',
  SERVICE_URL_INSIDE: serviceUrl,
  AUTHSIGNAL_SECRET: secret,
  COGNITO_CLIENT_ID: clientId,
  COGNITO_CLIENT_SECRET: clientSecret,
  COGNITO_USER_POOL_ID: poolId,
  ID_TOKENS_ORIGIN: idTokensOrigin,
  LOCAL_COGNITO_QUOTAS: quotas,
} = process.env

const stack = await startLocalStack({
  triggersDir: path('../dist/triggers'),
  ports: PORTS,
  contextRound: 'on',
  host: ANYWHERE,
  ...(secret ? { secret } : {}),
  ...(idTokensOrigin ? { idTokensOrigin } : {}),
  pool: { ...(poolId ? { poolId } : {}), quotas: readQuotas(quotas) },
  client: { ...(clientId ? { clientId } : {}), ...(clientSecret ? { clientSecret } : {}) },
  onLog: (line) => process.stdout.write(`${line}\n`),
})
const demo = await startDemo({
  port: PORTS.demo,
  host: ANYWHERE,
  apiUrl: SERVICE_URL,
  ...(serviceUrl ? { serviceUrl } : {}),
  authsignalUrl: `http://localhost:${PORTS.authsignal}/v1`,
  tenantId: LOCAL_TENANT_ID,
  idTokenUrl: `http://localhost:${PORTS.idTokens}`,
  assetsDir: path('demo'),
})
process.stdout.write(`local stack is up; demo on http://localhost:${PORTS.demo}\n`)

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    void Promise.all([demo.close(), stack.close()]).then(() => process.exit(0))
  })
}
