import { once } from 'node:events'
import { connect } from 'node:net'
import type { Test } from 'tap'
import type { RedisServer } from './redis-server.ts'

/** What Redis is asked, as it sees it. */
export interface Monitor {
  /** Commands since the last look, those inside scripts left out, and the bytes of them. */
  look(): Promise<{ commands: string[]; bytes: number }>
}

/** `1700000000.123456 [0 127.0.0.1:5000] "set" "key" …`; in a script it is `[0 lua]`. */
const FROM_CLIENT = /^\+\d+\.\d+ \[\d+ [\d.]+:\d+\] "(\w+)"/

/** Listens on a connection of its own (MONITOR, Redis docs). */
export async function monitor(t: Test, redis: RedisServer): Promise<Monitor> {
  const socket = connect(Number(new URL(redis.url).port), '127.0.0.1')
  t.teardown(() => socket.destroy())
  await once(socket, 'connect')
  let text = ''
  socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')))
  socket.write('MONITOR\r\n')

  async function until(mark: string): Promise<string> {
    while (!text.includes(mark)) await once(socket, 'data')
    const seen = text
    text = ''
    return seen
  }
  await until('+OK\r\n')
  let looks = 0

  async function inputBytes(): Promise<number> {
    const stats = String(await redis.command('INFO', 'stats'))
    return Number(/total_net_input_bytes:(\d+)/.exec(stats)?.[1])
  }
  /** What a look itself costs, learnt from one after which nothing was asked. */
  let ownBytes = 0
  let before = await inputBytes()

  const look: Monitor['look'] = async () => {
    // Comes after all that was asked before it; always of the same length.
    const mark = `look-${String(looks++).padStart(6, '0')}`
    await redis.command('ECHO', mark)
    const names = (await until(mark)).split('\r\n').map((line) => FROM_CLIENT.exec(line)?.[1])
    const commands = names.filter((name) => name !== undefined).map((name) => name.toLowerCase())
    const now = await inputBytes()
    const bytes = now - before - ownBytes
    before = now
    return { commands: commands.filter((name) => !OWN.has(name)), bytes }
  }
  await look()
  ownBytes = (await look()).bytes
  return { look }
}

/** Of the test's connections, and of a new one. */
const OWN = new Set(['client', 'echo', 'hello', 'info'])
