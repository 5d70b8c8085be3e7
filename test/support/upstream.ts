import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { Test } from 'tap'
import { gate } from './gate.ts'

export interface UpstreamRequest {
  method: string
  path: string
  headers: IncomingHttpHeaders
  body: string
}

/** What a fake upstream answers a request with. */
export type Answer = (response: ServerResponse) => void

export interface Upstream {
  url: string
  /** Every request so far, in order. */
  requests: UpstreamRequest[]
  /** Resolves when the client has let go of the connection of a request, seen from the server. */
  connectionClosed: Promise<void>
}

/** A server on a free port of this machine that answers every request with what `answer` says. */
export async function startUpstream(
  t: Test,
  answer: (request: UpstreamRequest, count: number) => Answer,
): Promise<Upstream> {
  const requests: UpstreamRequest[] = []
  const connection = gate()
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.socket.once('close', connection.open)
    request.on('error', () => {})
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { method = '', url: path = '', headers } = request
      const seen = { method, path, headers, body: Buffer.concat(chunks).toString() }
      requests.push(seen)
      answer(seen, requests.length)(response)
    })
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  return { url: `http://127.0.0.1:${port}`, requests, connectionClosed: connection.opened }
}

/** An address on which nobody listens: refused at once. */
export const NOBODY_LISTENS = 'http://127.0.0.1:1'

export function text(
  status: number,
  body: string,
  headers: Record<string, string> = { 'content-type': 'text/html' },
): Answer {
  return (response) => {
    response.writeHead(status, headers).end(body)
  }
}

export function json(status: number, body: unknown): Answer {
  return text(status, JSON.stringify(body), { 'content-type': 'application/json' })
}

/** Cuts the connection instead of answering. */
export const reset: Answer = (response) => {
  response.socket?.resetAndDestroy()
}

/** Never answers. */
export const hang: Answer = () => {}

/** Promises more than it sends, then cuts the connection. */
export const truncated: Answer = (response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '500' })
  response.write('{"Session":"', () => response.socket?.destroy())
}
