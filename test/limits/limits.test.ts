import t from 'tap'
import type { Visit } from '../../src/limits/limits.ts'
import type { Charge, SharedLimiter, Verdict } from '../../src/limits/ports.ts'
import { memoryLimiter } from '../../src/limits/memory-limiter.ts'
import { ServiceError } from '../../src/errors.ts'
import { parseIdentifier } from '../../src/sign-in/identifier.ts'
import { failureOf, signInError } from '../support/expect-error.ts'
import { limitsOf } from './support.ts'

const rate = { count: 2, seconds: 60 }
const A = '203.0.113.7'

function start(given: Parameters<typeof parseIdentifier>[0], address = A): Visit {
  return { address, isStart: true, identifier: parseIdentifier(given) }
}

async function taken(verdicts: (Promise<Verdict> | Verdict)[]): Promise<boolean[]> {
  const all = await Promise.all(verdicts.map(async (verdict) => verdict))
  return all.map(({ isTaken }) => isTaken)
}

t.test('requests are counted by address, starts on top of that', async (t) => {
  const { arrive, limited } = limitsOf({ ip: { count: 3, seconds: 60 }, start: rate })
  const call = (address: string, isStart: boolean) => arrive({ address, isStart })
  t.strictSame(await taken([call(A, true), call(A, true), call(A, true)]), [true, true, false])
  t.strictSame(limited, ['start'])
  t.strictSame(await taken([call(A, false), call(A, false)]), [true, false])
  t.strictSame(limited, ['start', 'ip'])
  t.strictSame(await taken([call('203.0.113.8', true)]), [true])
})

t.test('a start is counted for whom it leads to, from wherever it comes', async (t) => {
  const { admit, limited, at } = limitsOf({ identifier: rate })
  const starts = ['ada@example.com', 'ADA@example.com', 'ada+tag@example.com']
  const verdicts = starts.map((email, index) => admit(start({ email }, `203.0.113.${index}`)))
  t.strictSame(await taken(verdicts), [true, true, false])
  t.strictSame(limited, ['identifier'])
  t.strictSame(await taken([admit(start({ email: 'bob@example.com' }))]), [true])
  at(30)
  t.strictSame(await taken([admit(start({ email: 'ada@example.com' }))]), [true])
})

t.test('an ID token counts for the address in it', async (t) => {
  const { admit, admitPerson } = limitsOf({ identifier: rate })
  const ada = parseIdentifier({ email: 'ada@example.com' })
  await admitPerson(ada)
  await admit(start({ email: 'ada@example.com' }))
  await t.rejects(admitPerson(ada), signInError('too_many_requests', { retryAfter: 30 }))
})

t.test('phone numbers are counted by country too, islands apart', async (t) => {
  const { admit, limited } = limitsOf({ country: rate })
  const call = (phoneNumber: string) => admit(start({ phoneNumber }))
  const jamaica = ['+18765551234', '+18765551235', '+18765551236'].map(call)
  t.strictSame(await taken(jamaica), [true, true, false])
  t.strictSame(limited, ['country'])
  t.strictSame(await taken([call('+12125551234'), call('+6421234567')]), [true, true])
  const enrolment = {
    address: A,
    isStart: false,
    identifier: parseIdentifier({ phoneNumber: '+18765551237' }),
  }
  t.strictSame(await taken([admit(enrolment)]), [false], 'for a message of any kind')
  t.strictSame(await taken([admit(start({ email: 'ada@example.com' }))]), [true])
})

t.test('calls are counted by what they come with', async (t) => {
  const { admit } = limitsOf({ session: rate })
  const call = (credential: string) => admit({ address: A, isStart: false, credential })
  t.strictSame(await taken([call('s1.a'), call('s1.a'), call('s1.a')]), [true, true, false])
  t.strictSame(await taken([call('s1.b')]), [true])
})

t.test('where nothing is limited nothing is refused', async (t) => {
  const { admit, arrive, addressRules } = limitsOf({})
  const phoneNumber = '+6421234567'
  for (let time = 0; time < 1_000; time += 1) {
    t.strictSame(arrive({ address: A, isStart: true }), { isTaken: true, standings: [] })
    t.ok((await admit({ ...start({ phoneNumber }), credential: 'x' })).isTaken)
  }
  t.strictSame(addressRules, [])
})

t.test('numbers of countries that are not served are refused by their field', async (t) => {
  const { admit, limited } = limitsOf({ country: rate }, { phoneCountries: ['NZ', 'GB', 'RE'] })
  for (const phoneNumber of ['+18765551234', '+447797712345', '+88213123456']) {
    const error = await failureOf(admit(start({ phoneNumber })))
    t.equal(error.code, 'invalid_request')
    t.strictSame(
      error.errors?.map(({ pointer }) => pointer),
      ['/phoneNumber'],
    )
  }
  for (const phoneNumber of ['+6421234567', '+442079460000', '+262639123456']) {
    t.ok((await admit(start({ phoneNumber }))).isTaken, phoneNumber)
  }
  t.ok((await admit(start({ email: 'ada@example.com' }))).isTaken)
  t.strictSame(limited, [])
})

const prefix = { count: 10, seconds: 600, percent: 20 }
const numbers = Array.from({ length: 1_000 }, (_value, index) => `+1876555${1000 + index}`)

t.test('starts of a prefix that nobody finishes are refused, but for a trickle', async (t) => {
  const { admit, at, limited, prefixBreakers } = limitsOf({}, { prefix })
  const call = (phoneNumber = '') => admit(start({ phoneNumber }))
  t.ok((await taken(numbers.slice(0, 10).map(call))).every(Boolean))
  t.equal(prefixBreakers(), 0)
  t.ok((await taken(numbers.slice(10, 100).map(call))).every((isTaken) => !isTaken))
  t.equal(prefixBreakers(), 1)
  t.equal(limited.length, 90)
  t.strictSame(await taken([call('+12125551234')]), [true], 'of other prefixes they are not')
  for (let seconds = 60; seconds <= 6_000; seconds += 60) {
    at(seconds)
    t.strictSame(await taken([call(numbers[101]), call(numbers[102])]), [true, false])
  }
  at(6_000 + 61)
  t.equal(prefixBreakers(), 0, 'the last refusal is long ago')
})

t.test('a prefix with enough finishes is never refused, however busy', async (t) => {
  const { admit, finished } = limitsOf({}, { prefix })
  for (const [index, phoneNumber] of numbers.entries()) {
    const visit = start({ phoneNumber })
    t.ok((await admit(visit)).isTaken, phoneNumber)
    // One in five.
    if (index % 5 === 4) finished(visit.identifier?.phone?.prefix ?? '', A)
  }
})

t.test('one that has recovered is as good as before, and no better', async (t) => {
  const { admit, finished } = limitsOf({}, { prefix })
  const call = (phoneNumber = '') => admit(start({ phoneNumber }))
  await taken(numbers.slice(0, 11).map(call))
  finished('+1876', A)
  t.equal((await taken(numbers.slice(20, 40).map(call))).filter(Boolean).length, 5)
  for (let time = 0; time < 100; time += 1) finished('+1876', A)
  t.equal((await taken(numbers.slice(40, 80).map(call))).filter(Boolean).length, 10)
})

const B = '198.51.100.1'

/** Starts for each of the numbers. */
function everybody(
  phones: readonly string[],
  address: string,
  { admit }: ReturnType<typeof limitsOf>,
): Promise<boolean[]> {
  return taken(phones.map((phoneNumber) => admit(start({ phoneNumber }, address))))
}

t.test('no one address uses up what all share, or keeps a person out', async (t) => {
  for (const [settings, phones, share] of [
    [{ prefix: { count: 50, seconds: 3_600, percent: 10 } }, numbers, 10],
    [{ rates: { country: { count: 600, seconds: 600 } } }, numbers, 60],
    [{ rates: { identifier: { count: 10, seconds: 600 } } }, Array(1_000).fill('+6421234567'), 5],
  ] as const) {
    const { rates, ...prefixOnly } = { rates: {}, ...settings }
    const limits = limitsOf(rates, prefixOnly)
    t.equal((await everybody(phones, A, limits)).filter(Boolean).length, share)
    t.ok(limits.limited.every((name) => name.endsWith('_share')))
    t.equal(limits.prefixBreakers(), 0, 'nobody else is refused')
    t.strictSame(await everybody(phones.slice(0, 1), B, limits), [true])
  }
})

t.test('a share is of one number range, and comes back with what is finished', async (t) => {
  const { admit, finished } = limitsOf({}, { prefix: { count: 50, seconds: 3_600, percent: 25 } })
  const call = (phoneNumber = '', address = A) => admit(start({ phoneNumber }, address))
  const count = async (from: number, address = A) =>
    (await taken(numbers.slice(from, from + 20).map((each) => call(each, address)))).filter(Boolean)
      .length
  t.equal(await count(0), 10)
  t.strictSame(await taken([call('+12125551234')]), [true])
  finished('+1876', B)
  t.equal(await count(20), 0, 'by somebody elsewhere')
  finished('+1876', A)
  t.equal(await count(40), 4)
})

t.test('the shares of a /48 of IPv6 are one', async (t) => {
  const { admit } = limitsOf({ identifier: { count: 10, seconds: 600 } })
  const from = (address: string) => admit(start({ email: 'ada@example.com' }, address))
  const addresses = Array.from({ length: 20 }, (_value, index) => `2001:db8:1:${index}::/64`)
  t.equal((await taken(addresses.map(from))).filter(Boolean).length, 5)
  t.strictSame(await taken([from('2001:db8:2:0::/64')]), [true])
})

t.test('a /48 of IPv6 has ten times what each /64 in it has', async (t) => {
  for (const [name, isStart] of [
    ['ip', false],
    ['start', true],
  ] as const) {
    const { arrive, limited, addressRules } = limitsOf({ [name]: rate })
    const calls = Array.from({ length: 100 }, (_value, index) => `2001:db8:1:${index % 50}::/64`)
    const verdicts = await taken(calls.map((address) => arrive({ address, isStart })))
    t.equal(verdicts.filter(Boolean).length, 20)
    t.strictSame([...new Set(limited)], [`${name}_network`])
    t.strictSame(await taken([arrive({ address: '2001:db8:2:0::/64', isStart })]), [true])
    t.equal(addressRules.length, 1, 'of which headers do not tell')
  }
  const { arrive } = limitsOf({ ip: rate })
  const calls = Array.from({ length: 100 }, (_value, index) => `203.0.113.${index}`)
  const verdicts = await taken(calls.map((address) => arrive({ address, isStart: false })))
  t.ok(verdicts.every(Boolean), 'IPv4 has no such networks')
})

function enrol(phoneNumber = ''): Visit {
  return { address: A, isStart: false, identifier: parseIdentifier({ phoneNumber }) }
}

t.test('who enrols addresses is counted for them as who starts with them', async (t) => {
  for (const limits of [limitsOf({}, { prefix }), limitsOf({ country: prefix })]) {
    const verdicts = await taken(numbers.slice(0, 40).map((each) => limits.admit(enrol(each))))
    t.equal(verdicts.filter(Boolean).length, 10)
  }
  const { admit } = limitsOf({ identifier: rate })
  t.strictSame(await taken(numbers.slice(0, 3).map(() => admit(enrol(numbers[0])))), [
    true,
    true,
    false,
  ])
})

/** What instances share, with a switch. */
function sharedLimiter(): SharedLimiter & { isAway: boolean; asked: Charge[][] } {
  const memory = memoryLimiter({ now: () => 0 })
  const it = {
    isAway: false,
    asked: new Array<Charge[]>(),
    async take(charges: readonly Charge[]) {
      it.asked.push([...charges])
      if (it.isAway) throw new ServiceError('upstream_unavailable')
      return memory.take(charges)
    },
    async giveBack(charge: Charge, amount: number) {
      if (it.isAway) throw new ServiceError('upstream_unavailable')
      memory.giveBack(charge, amount)
    },
  }
  return it
}

t.test('instances count together, with one question for all limits of a request', async (t) => {
  const shared = sharedLimiter()
  const rates = { ip: rate, start: rate, identifier: rate, country: rate }
  const [one, other] = [limitsOf(rates, { shared, prefix }), limitsOf(rates, { shared, prefix })]
  const visit = start({ phoneNumber: '+6421234567' })
  t.strictSame(await taken([one.admit(visit), other.admit(visit), one.admit(visit)]), [
    true,
    true,
    false,
  ])
  t.equal(shared.asked.length, 3)
  t.strictSame(
    shared.asked[0]?.map(({ rule: { name } }) => name),
    ['ip', 'start', 'identifier', 'country', 'prefix'],
  )
  t.strictSame(one.limited, ['ip', 'start', 'identifier', 'country'])
})

t.test('while the others cannot be asked, each counts for itself', async (t) => {
  const shared = sharedLimiter()
  const [one, other] = [
    limitsOf({ ip: rate, identifier: rate }, { shared, prefix }),
    limitsOf({ identifier: rate }, { shared, prefix }),
  ]
  const visit = start({ phoneNumber: '+6421234567' })
  shared.isAway = true
  t.strictSame(await taken([one.admit(visit), one.admit(visit), one.admit(visit)]), [
    true,
    true,
    false,
  ])
  t.strictSame(await taken([other.admit(visit)]), [true])
  t.strictSame(one.limited, ['identifier'], 'its address was counted when it arrived')
  one.finished('+64212', A)
  shared.isAway = false
  t.strictSame(await taken([one.admit(visit)]), [true], 'until they can again')
})

async function failToTake(): Promise<never> {
  throw new ServiceError('upstream_error')
}

t.test('any other failure is one', async (t) => {
  const { admit } = limitsOf(
    { identifier: rate },
    { shared: { ...sharedLimiter(), take: failToTake } },
  )
  await t.rejects(admit(start({ email: 'ada@example.com' })), signInError('upstream_error'))
})
