import { Registry } from 'prom-client'
import t from 'tap'
import { metricKit } from '../../src/metrics/kit.ts'

t.test('a value that was not foreseen is one series, whatever it is', async (t) => {
  const registry = new Registry()
  const kit = metricKit(registry)
  const later = new Set<string>()
  const count = kit.counter({ name: 'bff_a_total', help: 'a', labels: { who: ['ada'], at: later } })
  const observe = kit.histogram({
    name: 'bff_b',
    help: 'b',
    labels: { who: ['ada'] },
    buckets: [1],
  })
  later.add('home')
  count({ who: 'ada', at: 'home' })
  for (const who of ['eve@example.com', '__proto__', 'constructor', '', '"} 1\n']) {
    count({ who, at: who })
    observe({ who }, 2)
  }
  const text = await registry.metrics()
  t.match(text, 'bff_a_total{who="ada",at="home"} 1')
  t.match(text, 'bff_a_total{who="other",at="other"} 5')
  t.match(text, 'bff_b_count{who="other"} 5')
  t.notMatch(text, /eve|proto|constructor/)
})

t.test('every series of a counter is there before the first event', async (t) => {
  const registry = new Registry()
  metricKit(registry).counter({
    name: 'bff_a_total',
    help: 'a',
    labels: { one: ['a', 'b'], two: ['c'] },
  })
  const text = await registry.metrics()
  for (const one of ['a', 'b']) t.match(text, `bff_a_total{one="${one}",two="c"} 0`)
})

t.test(
  'what a gauge shows is asked for when somebody looks, and missing until it is known',
  async (t) => {
    const registry = new Registry()
    let value: number | undefined
    metricKit(registry).gauge({ name: 'bff_up', help: 'u', labels: {} }, (set) => {
      if (value !== undefined) set({}, value)
    })
    t.notMatch(await registry.metrics(), /^bff_up /m)
    for (value of [1, 0]) t.match(await registry.metrics(), `bff_up ${value}`)
  },
)
