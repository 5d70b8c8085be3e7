import { isIP } from 'node:net'
import type { FastifyRequest } from 'fastify'

declare module 'fastify' {
  interface FastifyRequest {
    /** Known once it was asked for; see `clientAddress`. */
    clientAddress?: string
  }
}

/** A few load balancers write `203.0.113.9:51234` and `[2001:db8::7]:51234`. */
const WITH_PORT = /^(?:(\d+(?:\.\d+){3})|\[([0-9a-fA-F:.]+)\]):\d+$/

/**
 * Where a request comes from: behind a proxy only what `TRUST_PROXY` lets through, and only if it is
 * an address. Even a proxy of ours may hand on what a client wrote, such as `unknown`.
 */
export function clientAddress(request: FastifyRequest): string {
  // Asked for several times, and behind proxies each time all of X-Forwarded-For would be read.
  return (request.clientAddress ??= readAddress(request))
}

function readAddress({ ip, socket }: FastifyRequest): string {
  const [, v4, v6] = WITH_PORT.exec(ip) ?? []
  const address = v4 ?? v6 ?? ip
  return isIP(address) > 0 ? address : (socket.remoteAddress ?? '')
}
