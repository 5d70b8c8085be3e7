import { Pool } from 'undici'
import { visitor } from './visitors.ts'
import { spreadOf } from './statistics.ts'

/**
 * Sign-ins that come when they come, whatever became of those before: at random, so many a second on
 * average. autocannon's rates come as a burst at the beginning of each second, which measures the burst.
 * @returns the 99th and the 50th percentile of a request's latency in milliseconds, counted from when it was due
 */
export async function latencies(options: {
  url: string
  signInsPerSecond: number
  signIns: number
}): Promise<{ p50: number; p99: number }> {
  const { url, signInsPerSecond, signIns } = options
  const pool = new Pool(url, { connections: 128 })
  const taken: number[] = []

  async function post(path: string, ip: string, body: object, due: number): Promise<unknown> {
    const headers = { 'content-type': 'application/json', 'x-forwarded-for': ip }
    const answer = await pool.request({ path, method: 'POST', headers, body: JSON.stringify(body) })
    const answered: unknown = await answer.body.json()
    if (answer.statusCode !== 200) throw new Error(`${path} was answered ${answer.statusCode}`)
    taken.push(performance.now() - due)
    return answered
  }

  async function signIn(due: number): Promise<void> {
    const { email, ip } = visitor()
    const started = await post('/start-sign-in', ip, { email }, due)
    const { session, token } = Object(started)
    await post('/finish-sign-in', ip, { session, token }, performance.now())
  }

  const begun: Promise<void>[] = []
  let due = performance.now()
  while (begun.length < signIns) {
    due += (-Math.log(1 - Math.random()) * 1000) / signInsPerSecond
    const wait = due - performance.now()
    if (wait > 1) await new Promise((resolve) => setTimeout(resolve, wait))
    begun.push(signIn(due))
  }
  await Promise.all(begun)
  await pool.close()
  const sorted = taken.toSorted((one, other) => one - other)
  return {
    p50: spreadOf(sorted).median,
    p99: sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN,
  }
}
