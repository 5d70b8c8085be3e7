import { once } from 'node:events'
import type { IncomingHttpHeaders } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import fastify, {
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type FastifyServerOptions,
} from 'fastify'
import { adjustableClock, type Clock } from './clock.ts'
import { FaultInjector, type Fault, type FaultRule } from './faults.ts'

/** One request as it came over the wire, for tests that count calls or look into them. */
export interface Call {
  operation: string
  at: number
  headers: IncomingHttpHeaders
  body: unknown
}

/** What both stand-ins have in common: a listening server, its clock, its faults, its call log. */
export interface LocalServer {
  app: FastifyInstance
  clock: Clock
  faults: FaultInjector
  calls: Call[]
  /** Listens on localhost; port 0 picks a free one. Answers the origin, such as `http://localhost:9229`. */
  listen(port?: number, host?: string): Promise<string>
  /** Nobody listens until what it answers is called; for servers at one address, not `localhost`. */
  refuse(): Promise<() => Promise<void>>
  close(): Promise<void>
}

const CALLS_KEPT = 10_000

/**
 * @param operationOf names a request, for the call log and the fault rules; undefined for requests
 *   that are no part of the imitated API (side doors, pages), which are neither logged nor spoilt.
 * @param options.frameworkErrors answers what fails before any route is found, such as a bad URL.
 */
export function localServer(
  operationOf: (request: FastifyRequest) => string | undefined,
  options: Pick<FastifyServerOptions, 'frameworkErrors' | 'routerOptions'> = {},
): LocalServer {
  const app = fastify({ bodyLimit: 1024 * 1024, forceCloseConnections: true, ...options })
  const clock = adjustableClock()
  const faults = new FaultInjector()
  const calls: Call[] = []
  const pending = new WeakMap<FastifyRequest, Fault>()

  app.removeAllContentTypeParsers()
  // Lenient on purpose: the SDKs of both vendors send an empty body with a JSON content type.
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => {
    const text = body.toString()
    try {
      done(null, text === '' ? undefined : JSON.parse(text))
    } catch {
      done(null, text)
    }
  })

  app.addHook('preHandler', async (request, reply) => {
    const operation = operationOf(request)
    if (operation === undefined) return
    calls.push({
      operation,
      at: clock.now(),
      headers: request.headers,
      body: request.body,
    })
    if (calls.length > CALLS_KEPT) calls.shift()
    const fault = faults.take(operation)
    if (!fault) return
    if (fault.when === 'after') pending.set(request, fault)
    else await spoil(fault, request, reply)
  })

  app.addHook('onSend', async (request, reply, payload) => {
    const fault = pending.get(request)
    if (!fault) return payload
    pending.delete(request)
    return spoilAnswer(fault, request, reply, payload)
  })

  sideDoors(app, { clock, faults, calls })

  return {
    app,
    clock,
    faults,
    calls,
    async listen(port = 0, host = 'localhost') {
      await app.listen({ port, host })
      const address = app.server.address()
      if (address === null || typeof address === 'string') throw new Error('not listening')
      return `http://localhost:${address.port}`
    },
    refuse: () => stopListening(app),
    close: () => app.close(),
  }
}

async function stopListening({ server }: FastifyInstance): Promise<() => Promise<void>> {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('not listening')
  const closed = once(server, 'close')
  server.close()
  server.closeAllConnections()
  await closed
  return async () => {
    const listening = once(server, 'listening')
    server.listen(address.port, address.address)
    await listening
  }
}

/** The same switches over HTTP, for callers in another process or another language. */
function sideDoors(
  app: FastifyInstance,
  { clock, faults, calls }: Pick<LocalServer, 'clock' | 'faults' | 'calls'>,
): void {
  app.get('/local/calls', () => calls)
  app.delete('/local/calls', () => {
    calls.length = 0
    return {}
  })
  app.post<{ Body: FaultRule }>('/local/faults', (request) => {
    faults.add(request.body)
    return {}
  })
  app.delete('/local/faults', () => {
    faults.clear()
    return {}
  })
  app.post<{ Body: { advanceMs: number } }>('/local/clock', (request) => {
    clock.advance(request.body.advanceMs)
    return { now: clock.now() }
  })
}

async function spoil(fault: Fault, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  if (fault.kind === 'delay') {
    await sleep(fault.ms)
  } else if (fault.kind === 'answer') {
    await reply
      .code(fault.status)
      .headers({ 'content-type': fault.contentType ?? 'application/json', ...fault.headers })
      .send(fault.body ?? '')
  } else {
    breakConnection(fault.kind, request, reply)
  }
}

async function spoilAnswer(
  fault: Fault,
  request: FastifyRequest,
  reply: FastifyReply,
  payload: unknown,
): Promise<unknown> {
  if (fault.kind === 'delay') {
    await sleep(fault.ms)
    return payload
  }
  if (fault.kind === 'answer') {
    reply.code(fault.status).headers({
      'content-type': fault.contentType ?? 'application/json',
      ...fault.headers,
    })
    reply.removeHeader('content-length')
    return fault.body ?? ''
  }
  breakConnection(fault.kind, request, reply, payload)
  // Else Fastify would send the answer after all.
  return new Promise(() => {})
}

function breakConnection(
  kind: 'hang' | 'reset' | 'truncate',
  request: FastifyRequest,
  reply: FastifyReply,
  payload: unknown = '{"half":',
): void {
  reply.hijack()
  if (kind === 'hang') return
  if (kind === 'reset') {
    request.raw.socket.resetAndDestroy()
    return
  }
  const text = String(payload)
  reply.raw.writeHead(200, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text) + 10,
  })
  reply.raw.write(text.slice(0, Math.ceil(text.length / 2)), () => request.raw.socket.destroy())
}
