import t from 'tap'
import { post, startStack, type Answer, type Stack } from '../support/stack.ts'

const email = 'ada@example.com'
/** Starts from another client each time, as a proxy of ours hands them on. */
const BEHIND_PROXY = { TRUST_PROXY: '127.0.0.1,::1' }

function from(stack: Stack, address: string, body: object): Promise<Answer> {
  return post(`${stack.url}/start-sign-in`, body, { 'x-forwarded-for': address })
}

function count(answers: Answer[], status: number): number {
  return answers.filter((answer) => answer.status === status).length
}

async function inOrder(asks: (() => Promise<Answer>)[]): Promise<Answer[]> {
  const answers: Answer[] = []
  for (const ask of asks) answers.push(await ask())
  return answers
}

const times = <Item>(length: number, item: (index: number) => Item) =>
  Array.from({ length }, (_value, index) => item(index))

t.test('toll fraud: numbers of one range from many addresses soon get no more', async (t) => {
  const stack = await startStack(t, { env: { ...BEHIND_PROXY, RATE_LIMIT_PREFIX: '10/3600/10' } })
  const attack = (index: number) => () =>
    from(stack, `203.0.113.${index}`, { phoneNumber: `+1876555${1000 + index}` })
  const answers = await inOrder(times(40, attack))
  t.equal(count(answers, 200), 10)
  t.equal(count(answers, 429), 30)
  t.equal((await from(stack, '198.51.100.1', { email })).status, 200, 'others sign in')
  const phoneNumber = '+12125551234'
  t.equal((await stack.signIn({ phoneNumber })).status, 200, 'of the same country code too')
})

t.test('toll fraud: whoever finishes makes room for those who share the prefix', async (t) => {
  const stack = await startStack(t, { env: { ...BEHIND_PROXY, RATE_LIMIT_PREFIX: '3/3600/50' } })
  for (let index = 0; index < 10; index += 1) {
    const phoneNumber = `+642123456${index}`
    t.equal((await stack.signIn({ phoneNumber })).status, 200, phoneNumber)
  }
  const attack = (index: number) => () =>
    from(stack, `203.0.113.${index}`, { phoneNumber: `+64212345${index}9` })
  t.equal(count(await inOrder(times(9, attack)), 200), 3)
})

const spelling = (index: number) =>
  index % 2 === 0 ? `  ADA+${index}@Example.com` : 'ada@exAMPLE.com'

t.test('hammering one person through many addresses, spellings and tags', async (t) => {
  const stack = await startStack(t, { env: { ...BEHIND_PROXY, RATE_LIMIT_IDENTIFIER: '5/3600' } })
  const attack = (index: number) => () =>
    from(stack, `2001:db8:${index}::1`, { email: spelling(index) })
  const answers = await inOrder(times(20, attack))
  t.equal(count(answers, 200), 5)
  t.equal(count(answers, 429), 15)
  t.ok(stack.cognito.users.list().length <= 5)
})

t.test('a network of 2^64 addresses is one client', async (t) => {
  const stack = await startStack(t, { env: { ...BEHIND_PROXY, RATE_LIMIT_START_IP: '5/3600' } })
  const attack = (index: number) => () =>
    from(stack, `2001:db8:1:2:${index}::${index}`, { email: `person-${index}@example.com` })
  t.equal(count(await inOrder(times(20, attack)), 200), 5)
  t.equal((await from(stack, '2001:db8:1:3::1', { email })).status, 200)
})

t.test('a client cannot write itself another address', async (t) => {
  const stack = await startStack(t, { env: { RATE_LIMIT_START_IP: '5/3600' } })
  const attack = (index: number) => () => {
    const address = `203.0.113.${index}`
    const headers = {
      'x-forwarded-for': address,
      forwarded: `for=${address}`,
      'x-real-ip': address,
    }
    return post(`${stack.url}/start-sign-in`, { email: `person-${index}@example.com` }, headers)
  }
  t.equal(count(await inOrder(times(20, attack)), 200), 5)
})

t.test('behind a proxy only its own word counts, not what a client wrote before it', async (t) => {
  const stack = await startStack(t, { env: { ...BEHIND_PROXY, RATE_LIMIT_START_IP: '5/3600' } })
  const attack = (index: number) => () =>
    from(stack, `203.0.113.${index}, 198.51.100.7`, { email: `person-${index}@example.com` })
  t.equal(count(await inOrder(times(20, attack)), 200), 5)
})

t.test('nobody gets into the sign-in of another by asking alike', async (t) => {
  const stack = await startStack(t)
  const key = { 'idempotency-key': 'c56a4180-65aa-42ec-a945-5fd21dec0538' }
  const ask = (headers: Record<string, string>) =>
    post(`${stack.url}/start-sign-in`, { email }, headers)
  const { body: victim } = await ask(key)
  for (const headers of [
    {},
    { 'idempotency-key': key['idempotency-key'].toUpperCase() },
    { 'idempotency-key': `${key['idempotency-key']}0` },
    { 'idempotency-key': 'another-key-of-somebody' },
  ] as Record<string, string>[]) {
    const { body } = await ask(headers)
    t.not(body.session, victim.session)
    t.not(body.token, victim.token)
  }
})
