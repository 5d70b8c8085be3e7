import { Pool } from 'undici'
import { visitor } from './visitors.ts'
import { spreadOf } from './statistics.ts'

/** Not measured: whoever was idle has closed connections, and opens them again. */
const LEAD_IN_SECONDS = 1

/** Sends sign-ins that come when they come, whatever became of those before. */
export interface Arrivals {
  /** Percentiles of a request's latency in milliseconds, counted from when it was due. */
  latencies(signInsPerSecond: number, seconds: number): Promise<{ p50: number; p99: number }>
  close(): Promise<void>
}

/**
 * At random, so many a second on average. autocannon's rates come as a burst at the beginning of each second,
 * which measures the burst. Answers are taken as they come off the connection: a stream for each would
 * have this process collect its garbage while others are measured.
 */
export function arrivals(url: string): Arrivals {
  const pool = new Pool(url, { connections: 128 })

  function post(path: string, ip: string, body: object): Promise<string> {
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
            else reject(new Error(`${path} was answered ${status}`))
          },
          onResponseError: (_controller, error) => reject(error),
        },
      )
    })
  }

  async function signIn(due: number, took: (ms: number) => void): Promise<void> {
    const { email, ip } = visitor()
    const started: unknown = JSON.parse(await post('/start-sign-in', ip, { email }))
    const challenged = performance.now()
    took(challenged - due)
    const { session, token } = Object(started)
    await post('/finish-sign-in', ip, { session, token })
    took(performance.now() - challenged)
  }

  async function send(signInsPerSecond: number, seconds: number): Promise<number[]> {
    const taken: number[] = []
    const begun: Promise<void>[] = []
    const signIns = Math.round(signInsPerSecond * seconds)
    let due = performance.now()
    while (begun.length < signIns) {
      due += (-Math.log(1 - Math.random()) * 1000) / signInsPerSecond
      const wait = due - performance.now()
      if (wait > 1) await new Promise((resolve) => setTimeout(resolve, wait))
      begun.push(signIn(due, (ms) => taken.push(ms)))
    }
    await Promise.all(begun)
    return taken
  }

  return {
    async latencies(signInsPerSecond, seconds) {
      await send(signInsPerSecond, LEAD_IN_SECONDS)
      const sorted = (await send(signInsPerSecond, seconds)).toSorted((one, other) => one - other)
      return {
        p50: spreadOf(sorted).median,
        p99: sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN,
      }
    },
    close: () => pool.close(),
  }
}
