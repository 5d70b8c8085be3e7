import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Test } from 'tap'

interface Value {
  stringValue?: string
  intValue?: number
}

/** A span as OTLP's JSON has it. */
export interface OtlpSpan {
  traceId: string
  spanId: string
  parentSpanId?: string
  name: string
  kind: number
  startTimeUnixNano: string
  endTimeUnixNano: string
  attributes: { key: string; value: Value }[]
  events: { name: string; attributes: { key: string; value: Value }[] }[]
  status: { code: number; message?: string }
}

/** A collector on a free port: takes OTLP over HTTP, or gets into trouble. */
export interface OtlpReceiver {
  url: string
  trouble: undefined | 'status' | 'hang'
  /** Everything that was sent to it, as text. */
  bodies: string[]
  requests: { path: string; headers: IncomingHttpHeaders }[]
  spans(): OtlpSpan[]
  resource(): Record<string, unknown>
}

interface Export {
  resourceSpans: {
    resource: { attributes: { key: string; value: Value }[] }
    scopeSpans: { spans: OtlpSpan[] }[]
  }[]
}

export async function startOtlpReceiver(t: Test): Promise<OtlpReceiver> {
  const receiver: OtlpReceiver = {
    url: '',
    trouble: undefined,
    bodies: [],
    requests: [],
    spans: () =>
      exports()
        .flatMap(({ scopeSpans }) => scopeSpans)
        .flatMap(({ spans }) => spans),
    resource: () => attributesOf(exports()[0]?.resource.attributes ?? []),
  }
  const exports = () =>
    receiver.bodies.flatMap((body) => (JSON.parse(body) as Export).resourceSpans)
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      receiver.requests.push({ path: request.url ?? '', headers: request.headers })
      if (receiver.trouble === 'hang') return
      response.statusCode = receiver.trouble === 'status' ? 400 : 200
      if (receiver.trouble === undefined) receiver.bodies.push(Buffer.concat(chunks).toString())
      response.setHeader('content-type', 'application/json').end('{}')
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  receiver.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return receiver
}

export function attributesOf(
  attributes: { key: string; value: Value }[],
): Record<string, string | number | undefined> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [key, value.stringValue ?? value.intValue]),
  )
}
