import { Pool } from 'undici'
import { visitor } from './visitors.ts'
import { spreadOf } from './statistics.ts'

/** Not measured: whoever was idle has closed connections, and opens them again. */
const LEAD_IN_SECONDS = 1

/** Sends sign-ins that come when they come, whatever became of those before. */
export interface Arrivals {
  /** @returns percentiles of a request's latency in milliseconds, and what came of all */
  latencies(signInsPerSecond: number, seconds: number): Promise<Taken>
  close(): Promise<void>
}

export interface Taken {
  p50: number
  p99: number
  /** As many as the requests that were served make, two each. */
  signIns: number
  /** Requests that were answered 503. */
  refused: number
}

/** Refused: its latency has no end, so that nobody gets a better p99 by turning load away. */
const NEVER = Number.POSITIVE_INFINITY

/**
 * At random, so many a second on average. autocannon's rates come as a burst at the beginning of each second,
 * which measures the burst. Answers are taken as they come off the connection: a stream for each would
 * have this process collect its garbage while others are measured.
 */
export function arrivals(url: string): Arrivals {
  const pool = new Pool(url, { connections: 1024 })

  /** @returns undefined when it was refused */
  function post(path: string, ip: string, body: object): Promise<string | undefined> {
    return new Promise((resolve, reject) => {
      const headers = { 'content-type': 'application/json', 'x-forwarded-for': ip }
      let status = 0
      let text = ''
      pool.dispatch(
        { path, method: 'POST', headers, body: JSON.stringify(body) },
        {
          onRequestStart() {},
          onResponseStart(_controller, code) {
            status = code
          },
          onResponseData(_controller, chunk) {
            text += chunk.toString('latin1')
          },
          onResponseEnd() {
            if (status === 200) resolve(text)
            else if (status === 503) resolve(undefined)
            else reject(new Error(`${path} was answered ${status}`))
          },
          onResponseError: (_controller, error) => reject(error),
        },
      )
    })
  }

  async function signIn(took: (ms: number) => void): Promise<void> {
    const { email, ip } = visitor()
    const begun = performance.now()
    const started = await post('/start-sign-in', ip, { email })
    if (started === undefined) return took(NEVER)
    const challenged = performance.now()
    took(challenged - begun)
    const { session, token } = Object(JSON.parse(started))
    const finished = await post('/finish-sign-in', ip, { session, token })
    took(finished === undefined ? NEVER : performance.now() - challenged)
  }

  async function send(signInsPerSecond: number, seconds: number): Promise<number[]> {
    const taken: number[] = []
    const begun: Promise<void>[] = []
    const signIns = Math.round(signInsPerSecond * seconds)
    let due = performance.now()
    while (begun.length < signIns) {
      due += (-Math.log(1 - Math.random()) * 1000) / signInsPerSecond
      // Timers know whole milliseconds only, and cut off what is beside.
      const wait = Math.ceil(due - performance.now())
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait))
      const one = signIn((ms) => taken.push(ms))
      // It is looked at when all are there, and is no unhandled rejection until then.
      one.catch(() => undefined)
      begun.push(one)
    }
    await Promise.all(begun)
    return taken
  }

  return {
    async latencies(signInsPerSecond, seconds) {
      const unmeasured = await send(signInsPerSecond, LEAD_IN_SECONDS)
      const taken = await send(signInsPerSecond, seconds)
      const sorted = taken.toSorted((one, other) => one - other)
      const all = [...unmeasured, ...taken]
      const refused = all.filter((ms) => ms === NEVER).length
      return {
        p50: spreadOf(sorted).median,
        p99: sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN,
        signIns: (all.length - refused) / 2,
        refused,
      }
    },
    close: () => pool.close(),
  }
}
