import t from 'tap'
import { circuitBreaker, type Breaker, type Verdict } from '../../src/upstream/breaker.ts'

/** A breaker on a clock that is moved by hand, and what it told of its changes. */
function onClock() {
  let time = 0
  const changes: string[] = []
  const breaker = circuitBreaker({
    now: () => time,
    random: () => 0,
    onChange: (state) => void changes.push(state),
  })
  return { breaker, changes, pass: (ms: number) => void (time += ms) }
}

function call(breaker: Breaker, ...verdicts: Verdict[]): void {
  for (const verdict of verdicts) breaker.admit()?.(verdict)
}

const many = (verdict: Verdict, count: number) => Array.from({ length: count }, () => verdict)

t.test('ten failures in a row open it; a success among them does not let them add up', (t) => {
  const { breaker, changes } = onClock()
  call(breaker, ...many('down', 9), 'up', ...many('down', 9))
  t.equal(breaker.state(), 'closed')
  t.equal(breaker.remainingMs(), 0)
  call(breaker, 'down')
  t.equal(breaker.state(), 'open')
  t.strictSame(changes, ['open'])
  t.equal(breaker.admit(), undefined)
  t.equal(breaker.remainingMs(), 2_000)
  t.end()
})

t.test('what was given up shows nothing: it neither counts nor resets', (t) => {
  const { breaker } = onClock()
  call(breaker, ...many('down', 9), ...many('unclear', 50))
  t.equal(breaker.state(), 'closed')
  call(breaker, 'down')
  t.equal(breaker.state(), 'open')
  t.end()
})

t.test('after the break one call is let through, and the others do not wait for it', (t) => {
  const { breaker, changes, pass } = onClock()
  call(breaker, ...many('down', 10))
  pass(1_999)
  t.equal(breaker.admit(), undefined)
  pass(1)
  t.equal(breaker.state(), 'half-open')
  const probe = breaker.admit()
  t.ok(probe)
  for (let other = 0; other < 100; other++) t.equal(breaker.admit(), undefined)
  probe?.('up')
  t.equal(breaker.state(), 'closed')
  t.strictSame(changes, ['open', 'half-open', 'closed'])
  call(breaker, ...many('down', 9))
  t.equal(breaker.state(), 'closed', 'and it counts anew')
  t.end()
})

t.test('each break in a row is twice as long, up to half a minute', (t) => {
  const { breaker, pass } = onClock()
  call(breaker, ...many('down', 10))
  for (const ms of [2_000, 4_000, 8_000, 16_000, 30_000, 30_000]) {
    t.equal(breaker.remainingMs(), ms)
    pass(ms)
    call(breaker, 'down')
    t.equal(breaker.state(), 'open')
  }
  pass(30_000)
  call(breaker, 'up', ...many('down', 10))
  t.equal(breaker.remainingMs(), 2_000, 'short again after a success')
  t.end()
})

t.test('a probe whose client left leaves it to the next', (t) => {
  const { breaker, pass } = onClock()
  call(breaker, ...many('down', 10))
  pass(2_000)
  call(breaker, 'unclear')
  t.equal(breaker.state(), 'half-open')
  call(breaker, 'up')
  t.equal(breaker.state(), 'closed')
  t.end()
})

t.test('calls from before a change are too late to say anything', (t) => {
  const { breaker, pass } = onClock()
  const early = [breaker.admit(), breaker.admit(), breaker.admit()]
  call(breaker, ...many('down', 10))
  early[0]?.('up')
  t.equal(breaker.state(), 'open')
  pass(2_000)
  const probe = breaker.admit()
  early[1]?.('down')
  t.equal(breaker.state(), 'half-open')
  probe?.('up')
  for (let time = 0; time < 10; time++) early[2]?.('down')
  t.equal(breaker.state(), 'closed')
  t.end()
})

t.test('instances that broke together do not try again together', (t) => {
  const breakers = [0, 0.5, 1].map((random) =>
    circuitBreaker({ now: () => 0, random: () => random }),
  )
  for (const breaker of breakers) call(breaker, ...many('down', 10))
  t.strictSame(
    breakers.map((breaker) => breaker.remainingMs()),
    [2_000, 2_250, 2_500],
  )
  t.end()
})
