import type { FastifyInstance } from 'fastify'
import type { UpstreamObserver } from '../upstream/ports.ts'

/** Traces of requests and of the calls they make. */
export interface Tracing {
  /** Before any other hook: whatever is refused is in a trace too. Flushes when the app closes. */
  instrument(app: FastifyInstance): Promise<void>
  observer: UpstreamObserver
}
