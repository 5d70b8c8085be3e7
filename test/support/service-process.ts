import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import type { Test } from 'tap'

/** The built service as its own process, the way it is deployed. */
export interface ServiceProcess {
  url: string
  admin: string
  child: ChildProcess
  output: () => string
}

/** Variables for a test: free ports, and neither fast nor slow for a reason of its own. */
export const FREE_PORTS: Readonly<Record<string, string>> = {
  HOST: 'localhost',
  PORT: '0',
  ADMIN_PORT: '0',
  START_SIGN_IN_FLOOR_MS: '0',
  MAX_EVENT_LOOP_DELAY_MS: '0',
}

/** Starts it and waits until it listens. */
export async function startService(
  t: Test,
  variables: Record<string, string>,
): Promise<ServiceProcess> {
  const { child, output } = launch(variables)
  t.teardown(() => child.kill('SIGKILL'))
  // The admin listener is the first to say where it listens.
  const addresses = () =>
    [...output().matchAll(/listening at (http:\/\/[\d.[\]:]+)/g)].map(([, at]) => at!)
  const ports = () => new Set(addresses().map((at) => new URL(at).port))
  while (ports().size < 2) {
    if (child.exitCode !== null) throw new Error(output())
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  const [admin, service] = [...ports()].map((port) => `http://localhost:${port}`)
  return { url: service!, admin: admin!, child, output }
}

/** Starts it and waits until it has ended by itself. */
export async function runToEnd(variables: Record<string, string>) {
  const { child, output } = launch(variables)
  const [code] = await once(child, 'close')
  return { code, output: output() }
}

function launch(variables: Record<string, string>): { child: ChildProcess; output: () => string } {
  const child = spawn(process.execPath, ['dist/server.mjs'], { env: variables })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => (output += chunk.toString()))
  }
  return { child, output: () => output }
}
