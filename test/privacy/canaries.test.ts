import * as fc from 'fast-check'
import t from 'tap'
import { canarySearch } from './canaries.ts'

const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789'.split('')
const core = fc.string({ unit: fc.constantFrom(...LETTERS), minLength: 12, maxLength: 20 })

/** The ways in which a value could get out. */
const WRITTEN: Record<string, (value: string) => string> = {
  'as it is': (value) => value,
  'in capitals': (value) => value.toUpperCase(),
  'percent-encoded': (value) => encodeURIComponent(value),
  'percent-encoded in full': (value) =>
    [...Buffer.from(value)].map((byte) => `%${byte.toString(16)}`).join(''),
  'in base64': (value) => Buffer.from(value).toString('base64'),
  'in base64url, within a token': (value) =>
    Buffer.from(JSON.stringify({ sub: 1, email: value, iat: 2 })).toString('base64url'),
  'in a Basic header': (value) => `Basic ${btoa(`${value}:`)}`,
  'in hex': (value) => Buffer.from(value).toString('hex'),
  'cut short at the end': (value) => `${value.slice(0, 8)}…`,
  'cut short at the start': (value) => `…${value.slice(-8)}`,
  'in JSON in JSON': (value) => JSON.stringify(JSON.stringify({ value })),
}

t.test('a leak is found however it is written', (t) => {
  for (const [how, write] of Object.entries(WRITTEN)) {
    fc.assert(
      fc.property(core, fc.string(), fc.string(), (value, before, after) => {
        const search = canarySearch([{ name: 'email', value }])
        return search(`${before} ${write(value)} ${after}`)[0]?.name === 'email'
      }),
    )
    t.pass(how)
  }
  t.end()
})

t.test('of a random one no fewer than twelve characters are a leak', (t) => {
  const search = canarySearch([{ name: 'token', value: 'x4Kd9sQm2LpW7vZ1', isRandom: true }])
  t.match(search('… x4Kd9sQm2LpW …'), [{ name: 'token' }])
  t.strictSame(search('… x4Kd9sQm2Lp …'), [])
  t.end()
})

t.test('what is no leak is not taken for one', (t) => {
  const search = canarySearch([{ name: 'email', value: 'q7canary5xw9' }])
  t.strictSame(search('{"level":"info","msg":"request","requestId":"5f0c2c5e-2a51"} q7cana'), [])
  t.end()
})
