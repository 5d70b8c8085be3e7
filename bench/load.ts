import autocannon from 'autocannon'
import { visitor } from './visitors.ts'

export interface LoadOptions {
  url: string
  connections: number
  /** How many sign-ins: a start and a finish each. */
  signIns: number
  /** Requests per second; as fast as it goes when left out. */
  rate?: number
}

/** What came of it; latencies in milliseconds. */
export interface Driven {
  requestsPerSecond: number
  p50: number
  p99: number
}

interface Context {
  ip?: string
  session?: string
  token?: string
}

/**
 * Drives one contestant.
 * @throws Error when any request was answered with anything but 200: nothing was measured then
 */
export async function drive({ url, connections, signIns, rate }: LoadOptions): Promise<Driven> {
  const begun = performance.now()
  const result = await autocannon({
    url,
    connections,
    amount: signIns * 2,
    ...(rate === undefined ? {} : { overallRate: rate }),
    requests: [
      {
        method: 'POST',
        path: '/start-sign-in',
        setupRequest(request, context: Context) {
          const { email, ip } = visitor()
          context.ip = ip
          return { ...request, headers: headers(ip), body: JSON.stringify({ email }) }
        },
        onResponse(status, body, context: Context) {
          if (status === 200) Object.assign(context, JSON.parse(body))
        },
      },
      {
        method: 'POST',
        path: '/finish-sign-in',
        setupRequest(request, context: Context) {
          const { ip = '', session, token } = context
          const body = JSON.stringify({ session, token })
          return { ...request, headers: headers(ip), body }
        },
      },
    ],
  })
  const failed = result.non2xx + result.errors + result.timeouts
  if (failed > 0) {
    throw new Error(`${failed} of ${signIns * 2} requests were not answered with 200`)
  }
  return {
    // Its own duration is in whole seconds.
    requestsPerSecond: (result['2xx'] * 1000) / (performance.now() - begun),
    p50: result.latency.p50,
    p99: result.latency.p99,
  }
}

function headers(ip: string): Record<string, string> {
  return { 'content-type': 'application/json', 'x-forwarded-for': ip }
}
