import { randomUUID } from 'node:crypto'
import type { Socket } from 'node:net'
import { HttpProblem, problemFor } from './error-reply.ts'

/**
 * Bytes that are no HTTP request never reach a route; they get a problem all the same.
 * @param headers those that every other answer gets from a hook
 */
export function answerBrokenRequest(
  headers: Record<string, string>,
): (error: Error, socket: Socket) => void {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  return (error, socket) => {
    if (('code' in error && error.code === 'ECONNRESET') || !socket.writable) {
      socket.destroy()
      return
    }
    const requestId = randomUUID()
    const body = JSON.stringify(problemFor(new HttpProblem('invalid_request'), requestId))
    socket.end(
      [
        'HTTP/1.1 400 Bad Request',
        'content-type: application/problem+json; charset=utf-8',
        `content-length: ${Buffer.byteLength(body)}`,
        `x-request-id: ${requestId}`,
        'cache-control: no-store',
        ...lines,
        'connection: close',
        '',
        body,
      ].join('\r\n'),
    )
  }
}
