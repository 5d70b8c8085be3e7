import type { FastifyReply } from 'fastify'

declare module 'fastify' {
  interface FastifyReply {
    /** See `whenOver`. */
    whenOver?: (() => void)[]
  }
}

/**
 * Does something once when a request is over, whether it was answered or its client has left, of which
 * no hook of Fastify's is told. One listener for all: several want to know of every request.
 */
export function whenOver(reply: Pick<FastifyReply, 'raw' | 'whenOver'>, work: () => void): void {
  if (reply.whenOver !== undefined) {
    reply.whenOver.push(work)
    return
  }
  const all = [work]
  reply.whenOver = all
  reply.raw.once('close', () => {
    for (const each of all) each()
  })
}
