import { Agent, request } from 'node:http'
import type { Test } from 'tap'
import type { FuzzRequest } from './arbitraries.ts'
import type { FuzzAnswer } from './answers.ts'

/** Sends what no well-behaved client would: Node's own client takes nearly any header and body. */
export type Send = (method: string, one: FuzzRequest) => Promise<FuzzAnswer>

export function clientOf(t: Test, url: string): Send {
  const { hostname, port } = new URL(url)
  const agent = new Agent({ keepAlive: true })
  t.teardown(() => agent.destroy())
  const attempt: Send = (method, { path, headers, body }) =>
    new Promise((resolve, reject) => {
      const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }
      const options = { hostname, port, agent, method, path, headers: { ...headers, ...length } }
      const sent = request(options, (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', reject)
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks).toString(),
          }),
        )
      })
      sent.on('error', reject)
      sent.end(body)
    })
  return async (method, one) => {
    try {
      return await attempt(method, one)
    } catch (error) {
      // The server has closed a connection that was kept alive while this request was on its way.
      if (error instanceof Error && 'code' in error && error.code === 'ECONNRESET') {
        return attempt(method, one)
      }
      throw error
    }
  }
}
