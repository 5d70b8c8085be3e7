import pino from 'pino'
import t from 'tap'
import { FIELDS } from '../../src/audit/fields.ts'
import { allowedFields } from '../../src/http/log-fields.ts'
import { loggerOptions } from '../../src/http/logging.ts'

const JWT = `eyJhbGciOiJIUzI1NiJ9.${'e'.repeat(60)}.c2lnbmF0dXJl`

t.test('what is not on the list is left out, and counted without its name', (t) => {
  t.strictSame(allowedFields({ code: 'x', email: 'a', 'ada@example.com': 1 }), {
    code: 'x',
    dropped: 2,
  })
  for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
    const given: object = JSON.parse(`{"${name}":"x"}`)
    t.strictSame(allowedFields(given), { dropped: 1 }, name)
  }
  t.end()
})

t.test('what has another form than its field is left out too', (t) => {
  for (const value of [
    'ada@example.com',
    '+6421234567',
    JWT,
    `s1.${'A'.repeat(300)}`,
    'line\nbreak',
    '"quote',
    ['x'],
    { x: 1 },
    () => 'x',
    'x '.repeat(150),
  ]) {
    t.strictSame(allowedFields({ reason: value, code: value }), { dropped: 2 })
  }
  t.strictSame(allowedFields({ status: '200', ms: Number.NaN, audit: 'true' }), { dropped: 3 })
  t.strictSame(allowedFields({ ruleIds: ['rule-1', 'ada@example.com', JWT] }), {
    ruleIds: ['rule-1'],
  })
  t.end()
})

t.test('what is inside is on a list as well', (t) => {
  const upstream = { service: 'cognito', operation: 'GetUser', body: 'x', requestId: 'a-b' }
  t.strictSame(allowedFields({ upstream }), {
    upstream: { service: 'cognito', operation: 'GetUser', requestId: 'a-b', dropped: 1 },
  })
  t.strictSame(allowedFields({ upstream: 'ada@example.com' }), { dropped: 1 })
  t.end()
})

t.test('every field of the audit is on the list', (t) => {
  const words = ['requestId', 'event', 'outcome', 'user', 'identifier', 'finding', 'address']
  for (const name of Object.keys(FIELDS)) {
    if (name === 'time') continue
    const values = ['word', true, 1, ['word']]
    const isKnown = values.some((value) => allowedFields({ [name]: value })[name] !== undefined)
    t.ok(isKnown, name)
  }
  for (const name of words) t.strictSame(allowedFields({ [name]: 'a@b.c' }), { dropped: 1 }, name)
  t.end()
})

t.test('a message is a text of ours: no error, and nothing put in', (t) => {
  const lines: string[] = []
  const log = pino(loggerOptions('info'), { write: (line: string) => void lines.push(line) })
  log.error(new Error('ada@example.com'))
  log.error({ err: new Error('ada@example.com') })
  log.info('for %s', 'ada@example.com')
  log.info({ code: 'x' }, 'for %s', 'ada@example.com')
  log.error(Object.assign(new Error('x'), { name: 'ada@example.com', code: 'ada@example.com' }))
  t.equal(lines.length, 5)
  t.notMatch(lines.join(''), 'ada@')
  t.end()
})
