import { randomUUID } from 'node:crypto'
import type { Socket } from 'node:net'
import { HttpProblem, problemFor } from './error-reply.ts'

const LINGER_MS = 1_000

/**
 * Bytes that are no HTTP request never reach a route; they get a problem all the same.
 * @param headers those that every other answer gets from a hook
 * @param onAnswer told of each, of which no hook is told
 */
export function answerBrokenRequest(
  headers: Record<string, string>,
  onAnswer: (requestId: string) => void = () => {},
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
    // Who does not hang up either would keep the connection.
    setTimeout(() => socket.destroy(), LINGER_MS).unref()
    onAnswer(requestId)
  }
}
