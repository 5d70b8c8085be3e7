import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { eventLoopDelay } from '../../src/http/event-loop-delay.ts'

/** Lets nothing else have a turn. */
function hold(ms: number): void {
  const until = performance.now() + ms
  while (performance.now() < until);
}

t.test('a loop that is held again and again is late, and one long turn is forgiven', async (t) => {
  const delay = eventLoopDelay()
  t.teardown(() => delay.close())
  t.equal(delay.recentMs(), 0)
  hold(1_200)
  t.equal(delay.recentMs(), 0, 'one sample at the most')
  while (delay.recentMs() < 50) {
    hold(150)
    await sleep(1)
  }
  t.ok(delay.recentMs() >= 50)
})
