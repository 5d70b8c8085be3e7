import autocannon from 'autocannon'
import { visitor } from './visitors.ts'

export interface LoadOptions {
  url: string
  connections: number
  /** How many sign-ins: a start and a finish each; when left out, as many as go into `seconds`. */
  signIns?: number
  seconds?: number
  /** Requests per second; as fast as it goes when left out. */
  rate?: number
}

/** What came of it; latencies in milliseconds. */
export interface Driven {
  signIns: number
  signInsPerSecond: number
  /** Requests that were not answered with 200. */
  refused: number
  p50: number
  p99: number
}

interface Context {
  ip?: string
  session?: string
  token?: string
}

/** Of all requests: a machine that stands still for a second has a few turned away. */
const MAY_BE_REFUSED = 0.01

/**
 * Drives one contestant.
 * @throws Error when more than a few requests were answered with anything but 200: nothing was measured then
 */
export async function drive({
  url,
  connections,
  signIns,
  seconds = 1,
  rate,
}: LoadOptions): Promise<Driven> {
  const result = await autocannon({
    url,
    connections,
    ...(signIns === undefined ? { duration: seconds } : { amount: signIns * 2 }),
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
  const refused = result.non2xx + result.errors + result.timeouts
  if (refused > result['2xx'] * MAY_BE_REFUSED) {
    throw new Error(`${refused} requests were not answered with 200, ${result['2xx']} were`)
  }
  return {
    signIns: result['2xx'] / 2,
    signInsPerSecond: result['2xx'] / 2 / result.duration,
    refused,
    p50: result.latency.p50,
    p99: result.latency.p99,
  }
}

function headers(ip: string): Record<string, string> {
  return { 'content-type': 'application/json', 'x-forwarded-for': ip }
}
