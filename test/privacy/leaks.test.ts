import { once } from 'node:events'
import * as fc from 'fast-check'
import t, { type Test } from 'tap'
import { awsFault, type Fault } from '../../local/index.ts'
import { startLocalStack, type LocalStack } from '../../local/local-stack.ts'
import { authsignalUser } from '../support/authsignal-user.ts'
import { startOtlpReceiver } from '../support/otlp-receiver.ts'
import { FREE_PORTS, startService } from '../support/service-process.ts'
import { post } from '../support/stack.ts'
import { canarySearch, type Canary } from './canaries.ts'
import { callsOf, type Call, type Issued } from './operations.ts'
import { personas, type Persona } from './persona.ts'

const RUNS = Number(process.env['PRIVACY_RUNS'] ?? 1)
const SEED = Number(process.env['PRIVACY_SEED'] ?? Date.now() % 2 ** 31)

const SECRETS = {
  AUTHSIGNAL_SECRET: 'sk4kq9vtx2canary7wz5',
  COGNITO_CLIENT_SECRET: 'cs8mw3canary6pty2hjq'.padEnd(40, 'q7v'),
  SESSION_KEYS: Buffer.from('k3y9canary5vbn2zxw8qrt6mpl4hjd7s').toString('base64'),
  AWS_SECRET_ACCESS_KEY: 'aw5xcanary8nnq2ktz6v',
  AWS_ACCESS_KEY_ID: 'ak2canary9gfz7rw',
  OTEL_EXPORTER_OTLP_HEADERS: 'authorization=ot6vcanary3xzp8qwk',
}

interface Rig {
  stack: LocalStack
  url: string
  admin: string
  /** Everything that came out and is not meant for the one who asked. */
  out: string[]
  output: () => string
  traces: () => string
}

async function startRig(t: Test): Promise<Rig & { stop: () => Promise<void> }> {
  const out: string[] = []
  const receiver = await startOtlpReceiver(t)
  const stack = await startLocalStack({
    triggersDir: 'dist/triggers',
    secret: SECRETS.AUTHSIGNAL_SECRET,
    client: { clientSecret: SECRETS.COGNITO_CLIENT_SECRET },
    onLog: (line) => void out.push(line),
  })
  t.teardown(() => stack.close())
  const { url, admin, child, output } = await startService(t, {
    ...stack.serviceEnv,
    ...SECRETS,
    ...FREE_PORTS,
    LOG_LEVEL: 'trace',
    TRUST_PROXY: '127.0.0.0/8,::1',
    UPSTREAM_TIMEOUT_MS: '400',
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    ...UNLIMITED,
  })
  return {
    stack,
    url,
    admin,
    out,
    output,
    traces: () => receiver.bodies.join('\n'),
    async stop() {
      const stopped = once(child, 'exit')
      child.kill('SIGTERM')
      await stopped
    },
  }
}

/** So that every call reaches what it is about. */
const UNLIMITED = Object.fromEntries(
  ['IP', 'START_IP', 'IDENTIFIER', 'COUNTRY', 'PREFIX', 'SESSION'].map((name) => [
    `RATE_LIMIT_${name}`,
    'off',
  ]),
)

/** Upstreams that put what they were sent into what they say. */
function faultsFor({ email, jwt, phoneNumber, username }: Persona): (Fault | undefined)[] {
  const text = `${email} ${jwt} ${phoneNumber} ${username} ${SECRETS.AUTHSIGNAL_SECRET}`
  const error = JSON.stringify({ error: text, errorCode: text, errorDescription: text })
  return [
    undefined,
    awsFault('NotAuthorizedException', text),
    awsFault('UserLambdaValidationException', `CreateAuthChallenge failed with error ${text}.`),
    awsFault('InternalErrorException', text, 500),
    { kind: 'answer', status: 400, body: error },
    { kind: 'answer', status: 429, body: error },
    { kind: 'answer', status: 500, body: `<h1>${text}</h1>`, contentType: 'text/html' },
    { kind: 'answer', status: 200, body: JSON.stringify({ [text]: text }) },
    {
      kind: 'answer',
      status: 302,
      body: text,
      headers: { location: `https://${username}.example/` },
    },
    { kind: 'truncate' },
    { kind: 'reset' },
    { kind: 'reset', when: 'after' },
  ]
}

t.comment(`seed ${SEED}, ${RUNS} runs`)

t.test('nothing that anybody sent, was given or configured comes out anywhere', async (t) => {
  const rig = await startRig(t)
  const canaries: Canary[] = Object.entries(SECRETS).map(([name, value]) => ({
    name,
    value: value.replace('authorization=', ''),
  }))
  let calls = 0
  const property = fc.asyncProperty(personas, async (persona) => {
    canaries.push(...persona.canaries)
    for (const upstream of ['cognito', 'authsignal'] as const) {
      for (const fault of faultsFor(persona)) {
        // Signed in before anything fails, so that there is something to lose.
        const issued = await signIn(rig, persona)
        canaries.push(...canariesOf(issued))
        if (fault !== undefined) rig.stack[upstream].faults.add({ operation: '*', fault })
        for (const call of [...callsOf(persona), ...callsOf(persona, issued)]) {
          await send(rig, persona, call)
          calls += 1
        }
        rig.stack[upstream].faults.clear()
      }
    }
  })
  await fc.assert(property, { numRuns: RUNS, seed: SEED, endOnFailure: true })
  rig.out.push(await (await fetch(`${rig.admin}/metrics`)).text())
  await rig.stop()
  // The times of spans have nineteen digits: a telephone number is among them by chance.
  const traces = rig.traces().replaceAll(/"\w*TimeUnixNano":"\d+"/gi, '')
  const everything = { log: rig.output(), traces, answers: rig.out.join('\n') }
  const search = canarySearch(canaries)
  for (const [where, text] of Object.entries(everything)) {
    t.ok(text.length > 1_000, `${where}: ${text.length} characters of ${calls} calls`)
    t.strictSame(search(text), [], where)
  }
  t.match(everything.log, '"msg":"upstream failed"')
  t.notMatch(everything.log, '"msg":"internal error"')
})

/** Signs in for real; nothing where an upstream is spared after the failures before. */
async function signIn({ stack, url }: Rig, { email }: Persona): Promise<Issued> {
  const user = authsignalUser(stack.authsignal)
  stack.authsignal.clock.advance(11 * 60_000)
  const first = await post(`${url}/start-sign-in`, { email })
  if (first.status !== 200) return {}
  const proof = await user.pass(first.body.token, email)
  const { body: tokens } = await post(`${url}/finish-sign-in`, {
    session: first.body.session,
    token: proof,
  })
  const second = await post(`${url}/start-sign-in`, { email })
  return { ...tokens, session: second.body.session, proof }
}

/** The last part of a token is like no other's; its first is the same in all of them. */
function canariesOf(issued: Issued): Canary[] {
  return Object.entries(issued).flatMap(([name, value]) =>
    ['session', 'proof', 'accessToken', 'refreshToken', 'idToken'].includes(name) && value
      ? [{ name, value: String(value).slice(-24), isRandom: true }]
      : [],
  )
}

/** Sends it, and keeps of the answer what is not only for the one who asked. */
async function send({ url, out }: Rig, persona: Persona, call: Call): Promise<void> {
  const { method, path, body, bearer } = call
  const response = await fetch(`${url}${path}`, {
    method,
    redirect: 'manual',
    headers: {
      'user-agent': persona.userAgent,
      'x-forwarded-for': persona.ip,
      'idempotency-key': persona.idempotencyKey,
      cookie: `session=${persona.session}`,
      referer: persona.redirectUrl,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(bearer === undefined ? {} : { authorization: `Bearer ${bearer}` }),
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  out.push(JSON.stringify([...response.headers]))
  const text = await response.text()
  if (response.status < 400) return
  // A fresh try is for whoever has just failed one.
  const { retry: _retry, ...problem } = JSON.parse(text) as { retry?: object }
  out.push(JSON.stringify(problem))
}
