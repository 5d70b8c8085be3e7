import { createHash } from 'node:crypto'
import t, { type Test } from 'tap'
import { EVENTS } from '../../src/audit/events.ts'
import { EMAIL, PHONE, startAccountStack, type AccountStack } from '../support/account.ts'
import { begin, verify } from '../support/authenticators.ts'
import { eventsIn, JWT_STARTS, takeAudit, type AuditLine } from '../support/audit.ts'

const SIGN_IN = ['sign_in_started', 'sign_in_challenged', 'sign_in_finished']
const seen = new Set<string>()

/** What was written since the last look, each line on its own terms. */
function look(t: Test, stack: AccountStack, secrets: readonly string[] = []): AuditLine[] {
  // Where it listens is its own address.
  const raw = stack.log.filter((line) => !line.includes('listening')).join('')
  const lines = takeAudit(stack.log)
  for (const { event, user } of lines) {
    seen.add(event)
    t.ok(Object.hasOwn(EVENTS, event), event)
    t.match(user ?? 'x'.repeat(22), /^[\w-]{22}$/)
  }
  t.ok(
    lines.every(({ dropped }) => dropped === undefined),
    'all fields are known',
  )
  for (const word of [EMAIL, PHONE, ...JWT_STARTS, 's1.', '127.0.0.1', '::1', ...secrets]) {
    t.notOk(raw.includes(word), `nothing says ${word}`)
  }
  return lines
}

const one = (lines: AuditLine[], event: string) => {
  const [found, ...rest] = lines.filter((line) => line.event === event)
  if (found === undefined || rest.length > 0) throw new Error(`not one ${event}`)
  return found
}

t.test(
  'a sign-in tells its three steps, of one person, under the ids of its answers',
  async (t) => {
    const stack = await startAccountStack(t)
    const started = await stack.start({ email: EMAIL })
    const { session, token } = started.body
    const proof = await stack.user.pass(token, EMAIL)
    const finished = await stack.finish({ session, token: proof })
    t.equal(finished.status, 200)
    const { username, attributes } = stack.cognito.users.find(EMAIL)!
    const lines = look(t, stack, [session, token, proof, username, attributes['sub'] ?? 'no sub'])
    t.strictSame(eventsIn(lines), SIGN_IN)
    const [begun, challenged, done] = lines
    t.strictSame(
      lines.map(({ requestId }) => requestId),
      [started, started, finished].map(({ headers }) => headers.get('x-request-id')),
    )
    t.ok(challenged!.user)
    t.equal(challenged!.user, done!.user)
    t.equal(begun!.identifier, challenged!.identifier)
    t.equal(begun!.identifier, done!.identifier)
    t.match(challenged!.idempotencyKey, /^bff-/)
    t.equal(challenged!.idempotencyKey, done!.idempotencyKey)
    t.match(done, {
      level: 'info',
      operation: 'finishSignIn',
      flow: 'challenge',
      outcome: 'ok',
      identifierKind: 'email',
      address: /^[\w-]{22}$/,
      seconds: Number,
    })

    const again = await stack.start({ email: `  ${EMAIL.toUpperCase()} ` })
    t.equal(again.status, 200)
    const [, second] = look(t, stack)
    t.match(second, { user: done!.user, identifier: done!.identifier })
  },
)

t.test('of nobody there is no user', async (t) => {
  const stack = await startAccountStack(t, { env: { PROVISIONING: 'none' } })
  const { body } = await stack.start({ email: 'nobody@example.com' })
  await stack.finish({ session: body.session, token: body.token })
  const lines = look(t, stack, ['nobody@'])
  t.strictSame(eventsIn(lines), [
    'sign_in_started',
    'sign_in_challenged',
    'sign_in_failed',
    'sign_in_challenged',
  ])
  t.strictSame(
    lines.map(({ user }) => user),
    [undefined, undefined, undefined, undefined],
  )
})

t.test('a refused proof is a failure with what went wrong, and one more challenge', async (t) => {
  const stack = await startAccountStack(t)
  const { body } = await stack.start({ email: EMAIL })
  look(t, stack)
  await stack.finish({ session: body.session, token: body.token })
  const lines = look(t, stack)
  t.strictSame(eventsIn(lines), ['sign_in_failed', 'sign_in_challenged'])
  t.match(lines[0], {
    code: 'challenge_failed',
    reason: 'unfinished',
    outcome: 'refused',
    retry: true,
  })
  t.ok(lines[0]!.user)
  t.equal(lines[0]!.user, lines[1]!.user)

  await stack.finish({ session: body.session, token: body.token })
  t.match(look(t, stack), [{ event: 'sign_in_failed', finding: 'session_spent' }])
  await stack.finish({ session: 's1.not-ours', token: body.token })
  t.match(look(t, stack), [{ event: 'sign_in_failed', finding: 'session_unreadable' }])
})

t.test('a block is one, whether or not the client is told', async (t) => {
  for (const blocked of ['hide', 'tell'] as const) {
    const stack = await startAccountStack(t, { env: { BLOCKED_STARTS: blocked } })
    await stack.signInAs(EMAIL)
    look(t, stack)
    stack.authsignal.rules.add({ action: 'cognitoAuth', outcome: 'BLOCK' })
    await stack.start({ email: EMAIL })
    const lines = look(t, stack)
    t.strictSame(eventsIn(lines), ['sign_in_started', 'sign_in_blocked'], blocked)
    t.match(lines[1], { outcome: 'blocked', ...(blocked === 'hide' ? { hidden: true } : {}) })
  }
})

t.test('an upstream that is down is an error, not a refusal', async (t) => {
  const stack = await startAccountStack(t)
  stack.cognito.faults.add({
    operation: 'InitiateAuth',
    fault: { kind: 'answer', status: 500, body: '{}' },
  })
  await stack.start({ email: EMAIL })
  t.match(one(look(t, stack), 'sign_in_failed'), { outcome: 'error', code: /^upstream_/ })
})

t.test('what users do once they are in is told of the same person', async (t) => {
  const stack = await startAccountStack(t)
  const ada = await stack.signInAs(EMAIL)
  const { user } = one(look(t, stack), 'sign_in_finished')
  const secrets = [ada.sub, ada.accessToken, ada.refreshToken]
  const expectOne = (t: Test, event: string, more: object = {}) => {
    const lines = look(t, stack, secrets)
    t.strictSame(eventsIn(lines), [event])
    t.match(lines[0], { user, ...more })
  }

  await ada.call('GET', '/me')
  t.strictSame(look(t, stack, secrets), [], 'reading leaves none')
  await ada.call('PATCH', '/me', { name: 'Ada' })
  expectOne(t, 'profile_changed', { outcome: 'ok' })
  await ada.call('PATCH', '/me', { email: 'x@example.com' })
  t.strictSame(look(t, stack, secrets), [], 'nor does what the schema refuses')
  const refreshed = await stack.post('/refresh', { refreshToken: ada.refreshToken })
  expectOne(t, 'tokens_refreshed')

  const enrolment = await begin(ada)
  expectOne(t, 'authenticator_enrollment_started')
  await verify(ada, enrolment)
  expectOne(t, 'authenticator_enrollment_failed', { finding: 'not_passed' })
  const added = await verify(ada, await stack.user.enrolAndPass(enrolment, PHONE))
  expectOne(t, 'authenticator_added', { verificationMethod: 'SMS' })
  await ada.call('DELETE', `/authenticators/${added.body.authenticatorId}`)
  expectOne(t, 'authenticator_removed')
  await ada.call('DELETE', '/authenticators/nothing')
  expectOne(t, 'authenticator_removal_failed', { code: 'not_found' })

  await stack.post('/sign-out', { refreshToken: refreshed.body.refreshToken })
  t.match(look(t, stack, secrets), [{ event: 'signed_out', outcome: 'ok' }])
  await stack.post('/refresh', { refreshToken: refreshed.body.refreshToken })
  t.match(look(t, stack), [{ event: 'token_refresh_failed', code: 'invalid_token' }])

  const eve = await stack.signInAs(EMAIL)
  look(t, stack)
  await eve.call('DELETE', '/me')
  expectOne(t, 'account_deleted')
  await eve.call('PATCH', '/me', { name: 'Eve' })
  t.match(look(t, stack), [{ event: 'profile_change_failed', code: 'invalid_token' }])
})

t.test('leaving everywhere is told, and refused to who has left', async (t) => {
  const stack = await startAccountStack(t)
  const ada = await stack.signInAs(EMAIL)
  look(t, stack)
  for (const event of ['signed_out_everywhere', 'sign_out_failed']) {
    await ada.call('POST', '/sign-out-everywhere')
    t.strictSame(eventsIn(look(t, stack)), [event])
  }
  await ada.call('DELETE', '/me')
  t.strictSame(eventsIn(look(t, stack)), ['account_deletion_failed'])
})

t.test('a step-up tells what was asked, by which rules, and how it was proven', async (t) => {
  const stack = await startAccountStack(t)
  const ada = await stack.signInAs(EMAIL)
  look(t, stack)
  const action = 'authorizePayment'
  const ruleId = stack.authsignal.rules.add({ action, outcome: 'CHALLENGE' })
  const started = await ada.call('POST', '/start-step-up', { action })
  const begun = one(look(t, stack), 'step_up_started')
  t.match(begun, {
    action,
    state: 'CHALLENGE_REQUIRED',
    idempotencyKey: started.body.attempt,
    ruleIds: [ruleId],
  })
  const token = await stack.user.pass(started.body.token, EMAIL)
  await ada.call('POST', '/finish-step-up', { action, token })
  t.match(one(look(t, stack), 'step_up_finished'), {
    user: begun.user,
    action,
    idempotencyKey: started.body.attempt,
    verificationMethod: 'EMAIL_OTP',
  })
  await ada.call('POST', '/finish-step-up', { action, token })
  t.match(one(look(t, stack), 'step_up_failed'), { finding: 'used_before' })
  stack.authsignal.rules.clear()
  stack.authsignal.rules.add({ action, outcome: 'BLOCK' })
  await ada.call('POST', '/start-step-up', { action })
  t.match(one(look(t, stack), 'step_up_blocked'), { outcome: 'blocked', user: begun.user })
})

t.test('an ID token says whose it is, and the audit what was wrong with it', async (t) => {
  const stack = await startAccountStack(t)
  const nonce = 'n-0S6_WzA2Mj'
  const hash = createHash('sha256').update(nonce).digest('hex')
  const email = 'ada@gmail.com'
  const send = async (claims: object, given = nonce) => {
    const idToken = await stack.idTokens.idToken('google', { email, nonce: hash, ...claims })
    await stack.post('/id-token-sign-in', { idToken, nonce: given })
    return { idToken, lines: look(t, stack, [email, nonce, hash]) }
  }
  const { idToken, lines } = await send({})
  t.match(one(lines, 'sign_in_finished'), {
    flow: 'id_token',
    provider: 'google',
    identifierKind: 'email',
    outcome: 'ok',
  })
  await stack.post('/id-token-sign-in', { idToken, nonce })
  const again = one(look(t, stack), 'sign_in_failed')
  t.match(again, { finding: 'used_before', identifier: lines[0]!.identifier })

  const cases: [object, string][] = [
    [{ aud: 'another-app' }, 'wrong_audience'],
    [{ email_verified: false }, 'not_vouched_for'],
    [{ nonce: 'another' }, 'nonce_mismatch'],
    [{ email: 'no address' }, 'unusable_address'],
    [{ iss: 'https://evil.example' }, 'unknown_issuer'],
  ]
  for (const [claims, finding] of cases) {
    t.match(one((await send(claims)).lines, 'sign_in_failed'), { finding })
  }
  await stack.post('/id-token-sign-in', { idToken: `${idToken.slice(0, -8)}AAAAAAAA`, nonce })
  t.match(one(look(t, stack), 'sign_in_failed'), { finding: 'bad_signature' })
})

t.test('the triggers tell the rules and the method, and nothing of the user', async (t) => {
  const told: string[] = []
  const stack = await startAccountStack(t, { onLog: (line: string) => void told.push(line) })
  const action = 'cognitoAuth'
  await stack.signInAs(EMAIL)
  const { idempotencyKey } = one(look(t, stack), 'sign_in_finished')
  const ruleId = stack.authsignal.rules.add({ action, outcome: 'BLOCK' })
  await stack.start({ email: EMAIL })
  const triggers = () =>
    told
      .filter((line) => line.includes('"audit":true'))
      .map((line) => JSON.parse(line.slice(line.indexOf('{'))) as Record<string, unknown>)
  // The lines come through a pipe of another thread.
  while (!triggers().some(({ event }) => event === 'challenge_blocked')) {
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  t.match(
    triggers().find(({ event }) => event === 'proof_validated'),
    { idempotencyKey, verificationMethod: 'EMAIL_OTP', state: 'CHALLENGE_SUCCEEDED' },
  )
  t.ok(triggers().some((line) => line['event'] === 'challenge_tracked'))
  t.match(
    triggers().find(({ event }) => event === 'challenge_blocked'),
    { trigger: 'create-auth-challenge', state: 'BLOCK', ruleIds: [ruleId] },
  )
  t.notMatch(told.join(''), EMAIL)
})

t.test('LOG_LEVEL does not end the audit, AUDIT_LOG does', async (t) => {
  for (const [env, count] of [
    [{ LOG_LEVEL: 'silent' }, SIGN_IN.length],
    [{ LOG_LEVEL: 'error', LOG_IP: 'off' }, SIGN_IN.length],
    [{ AUDIT_LOG: 'off' }, 0],
  ] as const) {
    const stack = await startAccountStack(t, { env })
    await stack.signInAs(EMAIL)
    const lines = look(t, stack)
    t.equal(lines.length, count, JSON.stringify(env))
    if ('LOG_IP' in env) t.ok(lines.every(({ address }) => address === undefined))
  }
})

t.test('every event has been seen', (t) => {
  t.strictSame([...seen].toSorted(), Object.keys(EVENTS).toSorted())
  t.end()
})
