import { once } from 'node:events'
import { createServer } from 'node:net'

/** Systems take the ports of outgoing connections, and those for port 0, from above. */
const PORTS = { from: 10_000, to: 32_767 }

/** Kept: a port is free again until the program it is for listens. */
const given = new Set<number>()

/** A port that nobody listens on, for a program that has to be told one; never the same one twice. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 100; tries += 1) {
    const port = PORTS.from + Math.floor(Math.random() * (PORTS.to - PORTS.from + 1))
    if (given.has(port) || !(await isFree(port))) continue
    given.add(port)
    return port
  }
  throw new Error(`no free port from ${PORTS.from} to ${PORTS.to}`)
}

/** On any address of this machine, as most programs listen. */
async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port)
  try {
    await once(server, 'listening')
  } catch {
    return false
  }
  server.close()
  await once(server, 'close')
  return true
}
