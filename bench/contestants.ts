import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'esbuild'
import { freePort } from '../scripts/free-port.ts'
import { startChild, untilReady, type Child } from './child.ts'

/** Somebody who serves the two calls of a sign-in. */
export interface Contestant {
  name: string
  url: string
  child: Child
}

export type Name = keyof typeof CONTESTANTS

/** What a deployment has to say; everything else is as it comes. */
export const DEPLOYMENT: Readonly<Record<string, string>> = {
  AWS_REGION: 'eu-west-1',
  AWS_ACCESS_KEY_ID: 'bench',
  AWS_SECRET_ACCESS_KEY: 'bench',
  COGNITO_USER_POOL_ID: 'eu-west-1_AbCdEf123',
  COGNITO_CLIENT_ID: '4k2example0client',
  COGNITO_CLIENT_SECRET: 'bench0client0secret0',
  AUTHSIGNAL_SECRET: 'bench-authsignal-secret',
  AUTHSIGNAL_URL: 'https://eu.api.authsignal.com/v1',
  SESSION_KEYS: Buffer.alloc(32, 7).toString('base64'),
  // The load generator plays the load balancer.
  TRUST_PROXY: '127.0.0.1/32',
}

export const WORK = 'artifacts/bench'
const SERVICE = 'dist/server.mjs'
const SDK = join(WORK, 'sdk-at-defaults.mjs')
/** What the image gives V8 in a container of so many MB. */
export const inContainerOf = (mb: number): string[] => [
  `--max-old-space-size=${Math.floor(mb * 0.4)}`,
  '--max-semi-space-size=8',
]

/**
 * Who is measured. The SDK at its defaults makes the calls that AWS documents for servers, which it signs;
 * beside it, unsigned, those that the service makes. The service has everything on that it has by
 * default: validation, limits, sealed sessions, log and audit at info, metrics, shedding, breakers. Its
 * floor alone is left out: half a second in which a start waits, so that time tells nothing. As shipped it
 * has that too, and the memory of the image in a container of 512 MB, which is our Kubernetes example.
 */
const CONTESTANTS = {
  bare: { file: join(WORK, 'bare.mjs'), env: {} },
  'SDK at defaults': { file: SDK, env: {} },
  'SDK, unsigned': { file: SDK, env: { UNSIGNED: '1' } },
  service: { file: SERVICE, env: { START_SIGN_IN_FLOOR_MS: '0' } },
  'service, as shipped': {
    file: SERVICE,
    env: { MALLOC_ARENA_MAX: '1' },
    nodeOptions: inContainerOf(512),
  },
} as const satisfies Record<string, Kind>

interface Kind {
  file: string
  env: Readonly<Record<string, string>>
  nodeOptions?: readonly string[]
}

export async function buildContestants(): Promise<void> {
  await mkdir(WORK, { recursive: true })
  await build({
    entryPoints: ['bare', 'sdk-at-defaults', 'stub-upstream'].map(
      (name) => `bench/contestants/${name}.ts`,
    ),
    outdir: WORK,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'warning',
  })
}

/** @returns where it listens */
export async function startStubUpstream(): Promise<{ url: string; child: Child }> {
  const port = await freePort()
  const child = startChild({
    file: join(WORK, 'stub-upstream.mjs'),
    env: { ...DEPLOYMENT, PORT: String(port) },
    output: join(WORK, 'stub-upstream.log'),
  })
  const url = `http://127.0.0.1:${port}`
  await untilReady(url, child)
  return { url, child }
}

/** @param options.preload what the service has to load first, such as something that slows it */
export async function startContestant(
  name: Name,
  upstream: string,
  {
    preload,
    nodeOptions = [],
  }: { preload?: string | undefined; nodeOptions?: readonly string[] } = {},
): Promise<Contestant> {
  const { file, env, nodeOptions: own = [] }: Kind = CONTESTANTS[name]
  const isService = file === SERVICE
  const [port, adminPort] = [await freePort(), await freePort()]
  const child = startChild({
    file,
    env: {
      ...DEPLOYMENT,
      COGNITO_ENDPOINT: upstream,
      PORT: String(port),
      ADMIN_PORT: String(adminPort),
      ...env,
    },
    nodeOptions: [
      ...own,
      ...nodeOptions,
      ...(isService && preload !== undefined ? ['--import', preload] : []),
    ],
    output: join(WORK, `${name.replaceAll(' ', '-')}.log`),
  })
  const ready = `http://127.0.0.1:${isService ? adminPort : port}/health/ready`
  await untilReady(ready, child)
  return { name, url: `http://127.0.0.1:${port}`, child }
}
