import { awsFault, type Fault } from '../../local/index.ts'

/** A text that must not come out again wherever it went in. */
export const LEAK = 'user ada.lovelace@example.com, key sk_live_51secret, token eyJhbGciOi'

export type UpstreamName = 'cognito' | 'authsignal'

/** What is wrong with an upstream, and the code that an operation which asks it answers with. */
export interface UpstreamFault {
  name: string
  /** Undefined: nobody listens. */
  fault: Fault | undefined
  /** All of it arrives, with status 200, and only the body is nonsense. */
  hasGoodStatus?: true
  code: 'ok' | 'upstream_error' | 'upstream_unavailable' | 'upstream_timeout'
}

const page = (status: number): Fault => ({
  kind: 'answer',
  status,
  body: `<h1>${LEAK}</h1>`,
  contentType: 'text/html',
})

const json = (status: number, body: string): Fault => ({ kind: 'answer', status, body })

const error = (errorCode: string) =>
  JSON.stringify({ error: errorCode, errorCode, errorDescription: LEAK })

interface Own {
  internal: Fault
  throttle: Fault
  /** The AWS SDK tells half an answer from none. */
  truncated: UpstreamFault['code']
}

const OWN: Readonly<Record<UpstreamName, Own>> = {
  cognito: {
    internal: awsFault('InternalErrorException', LEAK, 500),
    throttle: awsFault('TooManyRequestsException', LEAK),
    truncated: 'upstream_error',
  },
  authsignal: {
    internal: json(500, error('unexpected_error')),
    throttle: json(429, error('too_many_requests')),
    truncated: 'upstream_unavailable',
  },
}

/** Far below the deadline, so that no machine makes it a time-out. */
const SLOW_MS = 40

/** Each before the upstream did its work and after it, except what can only be before. */
export function faultsOf(upstream: UpstreamName): UpstreamFault[] {
  const { internal, throttle, truncated } = OWN[upstream]
  const spoilt: [string, Fault, UpstreamFault['code']][] = [
    ['reset', { kind: 'reset' }, 'upstream_unavailable'],
    ['hang', { kind: 'hang' }, 'upstream_timeout'],
    ['slow', { kind: 'delay', ms: SLOW_MS }, 'ok'],
    ['500', internal, 'upstream_unavailable'],
    ['throttle', throttle, 'upstream_unavailable'],
    ['garbage', json(200, `"${LEAK}`), 'upstream_error'],
    ['HTML', page(200), 'upstream_error'],
    ['HTML 502', page(502), 'upstream_unavailable'],
    ['truncated', { kind: 'truncate' }, truncated],
  ]
  return [
    { name: 'refuse', fault: undefined, code: 'upstream_unavailable' },
    ...spoilt.flatMap(([name, fault, code]) =>
      (['before', 'after'] as const).map((when) => ({
        name: `${name} ${when}`,
        fault: { ...fault, when },
        code,
        ...(name === 'garbage' || name === 'HTML' ? { hasGoodStatus: true as const } : {}),
      })),
    ),
  ]
}
