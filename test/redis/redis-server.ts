import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createClient } from '@redis/client'
import type { Test } from 'tap'
import { freePort } from '../../scripts/free-port.ts'

/** Why there is nothing to test with; false when there is. */
export const skip =
  spawnSync('redis-server', ['--version']).status === 0
    ? false
    : 'redis-server is not installed: apt-get install redis-server'

/** A Redis of a test's own, which keeps nothing on disk. */
export interface RedisServer {
  url: string
  /** Ends it as a crash does. */
  kill(): Promise<void>
  /** Starts it again, empty, at the same address. */
  start(): Promise<void>
  /** It takes connections and answers nobody until it is resumed. */
  pause(): void
  resume(): void
  /** Sends one command, as an operator or an intruder could. */
  command(...args: string[]): Promise<unknown>
  /** Everything that lies in it: keys and values. */
  contents(): Promise<Map<string, string>>
}

/** @param settings further command-line settings */
export async function startRedis(t: Test, ...settings: string[]): Promise<RedisServer> {
  const port = await freePort()
  const address = ['--bind', '127.0.0.1', '--port', String(port)]
  const args = [...address, '--save', '', '--appendonly', 'no', ...settings]
  let server = await launch(args)
  t.teardown(() => stop(server))
  const url = `redis://127.0.0.1:${port}`

  async function command(...words: string[]): Promise<unknown> {
    const client = createClient({ url, RESP: 2 })
    await client.connect()
    try {
      return await client.sendCommand(words)
    } finally {
      client.destroy()
    }
  }

  return {
    url,
    kill: () => stop(server),
    async start() {
      server = await launch(args)
    },
    pause: () => void server.kill('SIGSTOP'),
    resume: () => void server.kill('SIGCONT'),
    command,
    async contents() {
      const keys = (await command('KEYS', '*')) as string[]
      const values = await Promise.all(keys.map((key) => command('GET', key)))
      return new Map(keys.map((key, index) => [key, String(values[index])]))
    },
  }
}

async function launch(args: string[]): Promise<ChildProcess> {
  const server = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  await new Promise<void>((resolve, reject) => {
    server.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString()
      if (output.includes('Ready to accept connections')) resolve()
    })
    server.once('exit', () => reject(new Error(`redis-server did not start:\n${output}`)))
  })
  return server
}

async function stop(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return
  const exited = once(server, 'exit')
  server.kill('SIGKILL')
  await exited
}
