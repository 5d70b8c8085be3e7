import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { IsTrusted } from './trusted-peers.ts'

/** Nothing that could break a log line, a header or a URN; long enough not to be guessed by chance. */
const PATTERN = /^[A-Za-z0-9_-]{16,64}$/
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/**
 * The id of a request: that of the proxy before us, so that its log and ours can be joined, else our
 * own. From anybody else an id would let a client write into our log, or pass for another request.
 */
export function requestIds(
  isTrusted: IsTrusted,
): (request: Pick<IncomingMessage, 'headers' | 'socket'>) => string {
  return ({ headers, socket }) => {
    const given = headers['x-request-id']
    return typeof given === 'string' && PATTERN.test(given) && isTrusted(socket.remoteAddress)
      ? given
      : randomUUID()
  }
}

/** The id as the `instance` of a problem, which is a URI (RFC 9457, section 3.1.5). */
export function instanceOf(requestId: string): string {
  return UUID.test(requestId)
    ? `urn:uuid:${requestId}`
    : `urn:cognito-authsignal-bff:request:${requestId}`
}
