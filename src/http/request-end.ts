import type { ServerResponse } from 'node:http'

const waiting = new WeakMap<ServerResponse, (() => void)[]>()

/**
 * Does something once when a request is over, whether it was answered or its client has left, of which
 * no hook of Fastify's is told. One listener for all: several want to know of every request.
 */
export function whenOver(raw: ServerResponse, work: () => void): void {
  const all = waiting.get(raw)
  if (all !== undefined) {
    all.push(work)
    return
  }
  const first = [work]
  waiting.set(raw, first)
  raw.once('close', () => {
    for (const each of first) each()
  })
}
