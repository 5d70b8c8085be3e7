import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { get } from 'node:http'
import { join } from 'node:path'
import { build } from 'esbuild'
import { freePort } from '../scripts/free-port.ts'
import { DEPLOYMENT, WORK } from './contestants.ts'

/** Milliseconds that each took, round by round. */
export interface StartUp {
  node: number[]
  service: number[]
  unbundled: number[]
}

/** The service's own code in one file, its packages read from where npm has put them. */
const UNBUNDLED = join(WORK, 'unbundled.mjs')

export async function startUps(rounds: number): Promise<StartUp> {
  await build({
    entryPoints: ['src/server.ts'],
    outfile: UNBUNDLED,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    define: { __VERSION__: '"bench"' },
    logLevel: 'warning',
  })
  const taken: StartUp = { node: [], service: [], unbundled: [] }
  for (let round = 0; round <= rounds; round += 1) {
    const one = {
      node: await nothing(),
      service: await untilReady('dist/server.mjs'),
      unbundled: await untilReady(UNBUNDLED),
    }
    // The first comes from the disk.
    if (round === 0) continue
    taken.node.push(one.node)
    taken.service.push(one.service)
    taken.unbundled.push(one.unbundled)
  }
  return taken
}

/** What no program can be faster than. */
async function nothing(): Promise<number> {
  const begun = performance.now()
  await once(spawn(process.execPath, ['-e', '0'], { env: {}, stdio: 'ignore' }), 'exit')
  return performance.now() - begun
}

/** From the start of the process to its first 200 on readiness. */
async function untilReady(file: string): Promise<number> {
  const [port, adminPort] = [await freePort(), await freePort()]
  const env = { ...DEPLOYMENT, NODE_ENV: 'production', PORT: `${port}`, ADMIN_PORT: `${adminPort}` }
  const begun = performance.now()
  const child = spawn(process.execPath, [file], { env, stdio: 'ignore' })
  while (!(await isReady(adminPort))) {
    if (child.exitCode !== null) throw new Error(`${file} ended with ${child.exitCode}`)
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
  const taken = performance.now() - begun
  child.kill('SIGKILL')
  await once(child, 'exit')
  return taken
}

function isReady(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    get({ port, host: '127.0.0.1', path: '/health/ready', agent: false }, (response) => {
      response.resume()
      resolve(response.statusCode === 200)
    }).on('error', () => resolve(false))
  })
}
