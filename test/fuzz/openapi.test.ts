import * as fc from 'fast-check'
import t from 'tap'
import { EMAIL, startAccountStack, type AccountStack, type SignedIn } from '../support/account.ts'
import { requestsOf } from './arbitraries.ts'
import { answerChecker, type FuzzAnswer } from './answers.ts'
import { clientOf } from './client.ts'
import { readDocument, type Operation } from './document.ts'

/** Requests per operation: many in `npm run test:fuzz`. */
const RUNS = Number(process.env['FUZZ_REQUESTS'] ?? 100)
const SEED = Number(process.env['FUZZ_SEED'] ?? Date.now() % 2 ** 31)

const ENVIRONMENT = {
  LOG_LEVEL: 'warn',
  ALLOWED_REDIRECT_URLS: 'https://app.example.com/callback',
}
/** After these, whoever called is nobody any more. */
const FAREWELLS = new Set(['deleteMe', 'signOutEverywhere'])

const document = await readDocument()
const wrong = answerChecker(document)

t.comment(`seed ${SEED}, ${RUNS} requests per operation`)

t.test('whatever is sent, the answer is one that the API description has', async (t) => {
  const stack = await startAccountStack(t, { env: ENVIRONMENT })
  const send = clientOf(t, stack.url)
  for (const operation of document.operations) {
    const { operationId, method } = operation
    const statuses = new Map<number, number>()
    const { fields, bearer } = await knownTo(stack, operation)
    const isFarewell = FAREWELLS.has(operationId)
    let present = bearer
    const property = fc.asyncProperty(
      requestsOf(operation, {
        bearer: () => present,
        // Each time it works, somebody has to sign in anew.
        bearerWeight: isFarewell ? 1 : 27,
        fields,
      }),
      async (request) => {
        const answer = await send(method, request)
        statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1)
        const complaint = wrong(operation, answer)
        if (complaint !== undefined) throw new Error(`${complaint}: ${answer.body.slice(0, 300)}`)
        if (answer.status === 204 && isFarewell) present = (await newcomer(stack)).who.accessToken
      },
    )
    const result = await fc.check(property, { numRuns: RUNS, seed: SEED })
    t.notOk(result.failed, `${operationId}: ${summary(statuses)}`, {
      diagnostic: result.failed,
      seed: SEED,
      counterexample: result.counterexample,
      error: String(result.errorInstance),
    })
  }
  t.equal((await stack.signIn({ email: EMAIL })).status, 200, 'healthy afterwards')
  const bugs = stack.log.filter((line) => line.includes('internal error'))
  t.strictSame(bugs, [])
})

t.test('the check itself sees what is wrong', (t) => {
  const [operation] = document.operations as [Operation]
  const headers = {
    'x-request-id': 'x',
    'cache-control': 'no-store',
    'content-type': 'application/json; charset=utf-8',
  }
  const answer = { session: 's', token: 't', expiresIn: 180 }
  const check = (change: Partial<FuzzAnswer>, body: object = answer) =>
    wrong(operation, { status: 200, headers, body: JSON.stringify(body), ...change })
  t.equal(check({}), undefined)
  t.match(check({ status: 500 }), '500')
  t.match(check({ status: 418 }), 'not documented')
  t.match(check({ headers: { ...headers, 'x-request-id': undefined } }), 'x-request-id')
  t.match(check({ headers: { ...headers, 'content-type': 'text/html' } }), 'content type')
  t.match(check({ headers: { ...headers, 'cache-control': 'public' } }), 'caches')
  t.match(check({ body: '<h1>' }), 'schema')
  t.match(check({}, { ...answer, expiresIn: '180' }), 'schema')
  t.match(check({}, { token: 't', expiresIn: 180 }), 'schema')
  t.match(check({}, { ...answer, username: 'ada' }), 'username')
  t.end()
})

/** Each has an address of their own, as Authsignal sends only so many codes to one. */
let people = 0

async function newcomer(stack: AccountStack): Promise<{ who: SignedIn; email: string }> {
  people += 1
  const email = `ada.${people}@example.com`
  return { who: await stack.signInAs(email), email }
}

/** Somebody who has just signed in, and what was given to them. */
async function knownTo(stack: AccountStack, { needsBearer }: Operation) {
  const { who, email } = await newcomer(stack)
  const { body: started } = await stack.start({ email })
  const proof = await stack.user.pass(started.token, email)
  const stepUp = needsBearer
    ? await who.call('POST', '/start-step-up', { action: 'pay' })
    : undefined
  const { body: list } = await who.call('GET', '/authenticators')
  return {
    bearer: who.accessToken,
    fields: {
      email: [email, 'new@example.org', ' Ada@Example.COM '],
      phoneNumber: ['+6421234567', '021234567'],
      username: ['ada', who.sub],
      session: [started.session, `${started.session}x`, started.session.slice(0, -4)],
      token: [proof, started.token, who.accessToken, stepUp?.body.token ?? 'a.b.c'],
      idToken: [who.idToken, 'e30.e30.c2ln'],
      refreshToken: [who.refreshToken, who.accessToken],
      redirectUrl: ['https://app.example.com/callback', 'https://evil.example/', 'javascript:x'],
      name: ['Ada Lovelace', ''],
      locale: ['en-NZ'],
      action: ['pay', 'manageAuthenticators', 'cognitoAuth'],
      authenticatorId: list.authenticators.map(
        (one: { authenticatorId: string }) => one.authenticatorId,
      ),
    },
  }
}

function summary(statuses: Map<number, number>): string {
  return [...statuses]
    .toSorted(([a], [b]) => a - b)
    .map(([status, count]) => `${status} ${count} times`)
    .join(', ')
}
