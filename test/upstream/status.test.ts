import t from 'tap'
import type { UpstreamReading } from '../../src/upstream/ports.ts'
import { breakerLog } from '../../src/upstream/observers.ts'
import { statusesOf } from '../../src/upstream/status.ts'

const READING: UpstreamReading = {
  service: 'cognito',
  breaker: 'closed',
  running: 0,
  capacity: 10,
  hasAnswered: true,
}

t.test('an upstream is up when it has answered, and down while its breaker is open', (t) => {
  const cases = [
    [{}, 'up'],
    [{ hasAnswered: false }, 'unknown'],
    [{ breaker: 'open' }, 'down'],
    [{ breaker: 'half-open' }, 'unknown'],
  ] as const
  for (const [change, cognito] of cases) {
    t.strictSame(statusesOf([{ ...READING, ...change }], undefined), { cognito })
  }
  t.end()
})

t.test('Redis is told of only where there is one', (t) => {
  t.strictSame(statusesOf([], true), { redis: 'up' })
  t.strictSame(statusesOf([], false), { redis: 'down' })
  t.strictSame(statusesOf([], undefined), {})
  t.end()
})

t.test('one line when it goes down and one when it is back, however often it is tried', (t) => {
  const lines: unknown[] = []
  const note = (level: string) => (fields: object, message: string) =>
    void lines.push({ level, ...fields, message })
  const observer = breakerLog(() => ({ warn: note('warn'), info: note('info') }))
  for (const state of ['open', 'half-open', 'open', 'half-open', 'closed', 'closed'] as const) {
    observer.onBreaker?.('authsignal', state)
  }
  t.match(lines, [
    {
      level: 'warn',
      upstream: { service: 'authsignal' },
      message: 'upstream is down and is spared',
    },
    { level: 'info', upstream: { service: 'authsignal' }, message: 'upstream is back' },
  ])
  t.equal(lines.length, 2)
  t.end()
})
