import { createHash, randomUUID } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { passkeyUser } from '../support/passkey-user.ts'
import { startAccountStack, type SignedIn } from '../support/account.ts'
import { begin, stepUpProof, verify } from '../support/authenticators.ts'
import type { Answer } from '../support/stack.ts'
import { monitor } from './monitor.ts'
import { skip, startRedis, type RedisServer } from './redis-server.ts'

// The table of docs/capacity.md: what Redis sees of each operation, with all limits on.

const LIMITS = {
  RATE_LIMIT_IP: '100000/60',
  RATE_LIMIT_START_IP: '100000/60',
  RATE_LIMIT_IDENTIFIER: '10/600',
  RATE_LIMIT_COUNTRY: '600/600',
  RATE_LIMIT_PREFIX: '50/3600/10',
  RATE_LIMIT_SESSION: '120/60',
}
const PHONE = '+6421234567'

t.test('what Redis is asked', { skip, timeout: 120_000 }, async (t) => {
  const redis = await startRedis(t)
  const stack = await startAccountStack(t, { env: { ...LIMITS, REDIS_URL: redis.url } })
  while ((await clientsOf(redis)) < 1) await sleep(10)
  const seen = await monitor(t, redis)
  const rows: string[][] = []

  async function counted(
    name: string,
    work: () => Promise<Answer>,
    wanted: string[],
    status = 200,
  ): Promise<Answer> {
    await seen.look()
    const answer = await work()
    const { commands, bytes } = await seen.look()
    t.equal(answer.status, status, `${name} ${JSON.stringify(answer.body?.code)}`)
    t.strictSame(commands, wanted, name)
    rows.push([name, String(commands.length), commands.join(', '), String(bytes)])
    return answer
  }
  async function signIn(identifier: { email?: string; phoneNumber?: string }, wanted: string[][]) {
    const [kind = ''] = Object.keys(identifier)
    const address = Object.values(identifier)[0]!
    const { body } = await counted(`start, ${kind}`, () => stack.start(identifier), wanted[0]!)
    const token = await stack.user.pass(body.token, address)
    const finish = () => stack.finish({ session: body.session, token })
    return { proof: token, ...(await counted(`finish, ${kind}`, finish, wanted[1]!)) }
  }

  const LIMIT = ['eval']
  const first = await signIn({ email: 'ada@example.com' }, [LIMIT, LIMIT])
  await signIn({ phoneNumber: PHONE }, [
    LIMIT,
    // Makes room for the prefix and for the address, and waits for neither.
    ['eval', 'eval', 'eval'],
  ])
  const headers = { 'idempotency-key': randomUUID() }
  const keyed = () => stack.post('/start-sign-in', { email: 'kay@example.com' }, headers)
  await counted('start with a key', keyed, ['eval', 'set', 'eval'])
  await counted('the same start again', keyed, ['eval', 'set', 'get'])

  const { refreshToken } = first.body
  const refresh = () => stack.post('/refresh', { refreshToken })
  await counted('refresh', refresh, ['eval', 'set', 'set'])
  await counted('the same refresh again', refresh, ['eval', 'set', 'get', 'exists'])

  const ada: SignedIn = await stack.signInAs('ada@example.com')
  await counted('account call', () => ada.call('GET', '/me'), LIMIT)
  const body = { action: 'pay' }
  await counted('start of a step-up', () => ada.call('POST', '/start-step-up', body), LIMIT)
  const token = await stepUpProof(stack, ada, 'pay')
  const finishStepUp = () => ada.call('POST', '/finish-step-up', { ...body, token })
  await counted('end of a step-up', finishStepUp, ['eval', 'set'])
  const startEnrolment = () => ada.call('POST', '/authenticators', { email: 'new@example.com' })
  await counted('start of an enrolment', startEnrolment, ['eval', 'eval'])
  const added = await stack.user.enrolAndPass(await begin(ada), '+6421234568')
  const endEnrolment = () => verify(ada, added)
  await counted('end of an enrolment, phoneNumber', endEnrolment, [
    'eval',
    'set',
    'eval',
    'eval',
    'eval',
  ])

  const passkeys = passkeyUser(stack)
  const passkey = await passkeys.use(await passkeys.create(first.proof))
  const usePasskey = () => stack.post('/passkey-sign-in', { token: passkey })
  await counted('passkey', usePasskey, ['eval', 'set'])
  const nonce = 'n-0S6_WzA2Mj'
  const hash = createHash('sha256').update(nonce).digest('hex')
  const claims = { email: 'bob@gmail.com', nonce: hash }
  const idToken = await stack.idTokens.idToken('google', claims)
  const social = () => stack.post('/id-token-sign-in', { idToken, nonce })
  await counted('ID token', social, ['eval', 'eval', 'set'])

  const { body: list } = await ada.call('GET', '/authenticators')
  const { authenticatorId } = list.authenticators.find(
    ({ verificationMethod }: { verificationMethod: string }) => verificationMethod === 'SMS',
  )
  const remove = () => ada.call('DELETE', `/authenticators/${authenticatorId}`)
  await counted('removal of an authenticator', remove, ['eval', 'set', 'eval'], 204)
  const signOut = () => stack.post('/sign-out', { refreshToken })
  await counted('sign-out', signOut, ['eval', 'set'], 204)
  const everywhere = () => ada.call('POST', '/sign-out-everywhere')
  await counted('sign-out everywhere', everywhere, ['eval', 'set'], 204)

  const table = asTable([['Operation', 'Round trips', 'Commands', 'Bytes to it'], ...rows])
  const keys = asTable([['Key', 'Bytes', 'Lives for'], ...(await keysOf(redis))])
  t.comment(`\n${table}\n\n${keys}`)
  await mkdir('artifacts', { recursive: true })
  await writeFile('artifacts/redis.md', `${table}\n\n${keys}\n`)
})

async function clientsOf(redis: RedisServer): Promise<number> {
  const list = String(await redis.command('CLIENT', 'LIST', 'TYPE', 'normal'))
  return list.trim().split('\n').length - 1
}

/** The most that a key of each kind takes and the longest that one lives, now. */
async function keysOf(redis: RedisServer): Promise<string[][]> {
  const kinds = new Map<string, { bytes: number; seconds: number }>()
  for (const key of (await redis.contents()).keys()) {
    const kind = key
      .split(':')
      .slice(0, key.startsWith('bff:limit:') ? 3 : 2)
      .join(':')
    const bytes = Number(await redis.command('MEMORY', 'USAGE', key))
    const seconds = Math.ceil(Number(await redis.command('PTTL', key)) / 1000)
    const most = kinds.get(kind) ?? { bytes: 0, seconds: 0 }
    kinds.set(kind, {
      bytes: Math.max(bytes, most.bytes),
      seconds: Math.max(seconds, most.seconds),
    })
  }
  return [...kinds].map(([kind, { bytes, seconds }]) => [kind, String(bytes), `${seconds} s`])
}

function asTable([header = [], ...rows]: string[][]): string {
  return [header, header.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n')
}
