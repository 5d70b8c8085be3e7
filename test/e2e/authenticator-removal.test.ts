import t, { type Test } from 'tap'
import { awsFault, type Fault } from '../../local/index.ts'
import { EMAIL, MINUTE, PHONE, type SignedIn } from '../support/account.ts'
import { begin, here, verify, VERIFIED, type Here } from '../support/authenticators.ts'
import type { Answer, StackOptions } from '../support/stack.ts'

const DELETION = 'DELETE /users/:userId/authenticators/:userAuthenticatorId'
const DOWN: Fault = { kind: 'answer', status: 503, body: '{}' }
const LAST = { status: 409, body: { code: 'last_authenticator' } }
const BOTH_VERIFIED = { email_verified: 'true', phone_number_verified: 'true' }

type Enrolled = NonNullable<
  ReturnType<Here['authsignal']['users']['get']>
>['authenticators'][number]

/** What Authsignal has enrolled, to look into and to change. */
const enrolled = (stack: Here, { sub }: SignedIn) => stack.authsignal.users.get(sub)!.authenticators

/** One more beside those there are. */
function enrol(stack: Here, who: SignedIn, more: Partial<Enrolled>): void {
  const [template] = enrolled(stack, who)
  const userAuthenticatorId = `extra-${enrolled(stack, who).length}`
  const { email: _email, ...rest } = template!
  enrolled(stack, who).push({ ...rest, userAuthenticatorId, ...more })
}

function remove(stack: Here, who: SignedIn, method: string): Promise<Answer> {
  const found = enrolled(stack, who).find((entry) => entry.verificationMethod === method)
  return who.call('DELETE', `/authenticators/${found?.userAuthenticatorId}`)
}

function statusesOf(answers: Answer[]): number[] {
  return answers.map(({ status }) => status).toSorted((one, other) => one - other)
}

/** The user whom a token of Authsignal's is for. */
function userOf(token: string): string | undefined {
  const [, payload = ''] = token.split('.')
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as {
    other?: { userId?: string }
  }
  return claims.other?.userId
}

async function withPhone(t: Test, options: StackOptions = {}): Promise<Here> {
  const stack = await here(t, options)
  await stack.add(stack.ada, PHONE)
  stack.cognitoCalls()
  return stack
}

for (const usernames of ['email-or-phone', 'alias'] as const) {
  t.test(`a phone number that was removed is no way in any more: ${usernames}`, async (t) => {
    const stack = await withPhone(t, { pool: { usernames } })
    const { ada } = stack
    const { username } = stack.cognito.users.find(ada.sub)!
    stack.authsignal.clock.advance(MINUTE)
    const { body: before } = await stack.start({ username })
    const earlier = await stack.user.pass(before.token, PHONE)
    stack.cognitoCalls()
    t.equal((await remove(stack, ada, 'SMS')).status, 204)
    t.strictSame(stack.cognitoCalls(), ['GetUser', 'AdminUpdateUserAttributes'])
    t.match(stack.attributes(ada), {
      email_verified: 'true',
      phone_number: PHONE,
      phone_number_verified: 'false',
    })
    const finished = await stack.finish({ session: before.session, token: earlier })
    t.equal(finished.status, 401, 'nor for a proof of before')

    for (const identifier of [{ email: EMAIL }, { username }, { phoneNumber: PHONE }]) {
      stack.authsignal.clock.advance(MINUTE)
      const { status, body } = await stack.start(identifier)
      t.equal(status, 200)
      // A pool that knows users by it still finds her; one with aliases has let it go.
      const isHers = usernames === 'email-or-phone' || !('phoneNumber' in identifier)
      t.equal(userOf(body.token) === ada.sub, isHers, JSON.stringify(identifier))
      if (isHers) await t.rejects(stack.user.pass(body.token, PHONE), 'no code is sent to it')
      t.strictSame(stack.methodsOf(ada.sub), ['EMAIL_OTP'], 'nobody enrols it again')
    }
    t.match((await ada.call('GET', '/me')).body, { phoneNumberVerified: false })

    stack.authsignal.clock.advance(MINUTE)
    t.equal((await stack.add(ada, PHONE)).status, 200, 'its owner may')
    t.match(stack.attributes(ada), BOTH_VERIFIED)
  })
}

t.test('an email address can be removed where a phone number is left', async (t) => {
  const stack = await withPhone(t)
  const { ada } = stack
  t.equal((await remove(stack, ada, 'EMAIL_OTP')).status, 204)
  t.match(stack.attributes(ada), { email_verified: 'false', phone_number_verified: 'true' })
  t.match(await remove(stack, ada, 'SMS'), LAST)
  stack.authsignal.clock.advance(MINUTE)
  t.equal((await stack.signIn({ phoneNumber: PHONE })).status, 200)
  t.strictSame(stack.methodsOf(ada.sub), ['SMS'])
})

t.test('the last address stays, whatever else there is', async (t) => {
  const stack = await here(t)
  const { ada } = stack
  const { proof } = await stack.enrolApp(await begin(ada))
  await verify(ada, proof)
  stack.authsignalCalls()
  stack.cognitoCalls()
  t.match(await remove(stack, ada, 'EMAIL_OTP'), LAST)
  t.strictSame(stack.cognitoCalls(), ['GetUser'])
  t.strictSame(stack.authsignalCalls(), ['GET /users/:userId/authenticators'])
  stack.attributes(ada)['email_verified'] = 'false'
  t.match(await remove(stack, ada, 'EMAIL_OTP'), LAST, 'a first proof would verify it again')
  t.equal((await remove(stack, ada, 'AUTHENTICATOR_APP')).status, 204)
})

t.test('only one of two addresses can be removed at a time', async (t) => {
  const stack = await withPhone(t)
  const { ada } = stack
  // So slow that both would look before either has done anything.
  const fault: Fault = { kind: 'delay', ms: 300 }
  stack.cognito.faults.add({ operation: 'AdminUpdateUserAttributes', fault })
  const answers = await Promise.all(['EMAIL_OTP', 'SMS'].map((one) => remove(stack, ada, one)))
  t.strictSame(statusesOf(answers), [204, 409])
  t.equal(enrolled(stack, ada).length, 1)
  const { email_verified: mail, phone_number_verified: phone } = stack.attributes(ada)
  t.strictSame(new Set([mail, phone]), new Set(['false', 'true']))
})

t.test('of two possessions without an address only one can be removed at a time', async (t) => {
  const stack = await here(t)
  const { ada } = stack
  enrol(stack, ada, { verificationMethod: 'AUTHENTICATOR_APP' })
  enrol(stack, ada, { verificationMethod: 'SECURITY_KEY' })
  enrolled(stack, ada).shift()
  for (const name of Object.keys(VERIFIED)) delete stack.attributes(ada)[name]
  stack.authsignal.faults.add({ operation: DELETION, fault: { kind: 'delay', ms: 300 } })
  const answers = await Promise.all(
    ['AUTHENTICATOR_APP', 'SECURITY_KEY'].map((one) => remove(stack, ada, one)),
  )
  t.strictSame(statusesOf(answers), [204, 409])
})

t.test('while an adoption of an address is under way, nothing is removed', async (t) => {
  const stack = await withPhone(t)
  const { ada } = stack
  stack.authsignal.clock.advance(MINUTE)
  const proof = await stack.user.enrolAndPass(await begin(ada), '+6421234599')
  stack.cognito.faults.add({
    operation: 'AdminUpdateUserAttributes',
    fault: { kind: 'delay', ms: 500 },
    times: 1,
  })
  stack.cognitoCalls()
  const adoption = verify(ada, proof)
  while (!stack.cognito.calls.some(({ operation }) => operation.startsWith('Admin'))) {
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  const removal = remove(stack, ada, 'EMAIL_OTP')
  t.equal((await adoption).status, 200)
  t.equal((await removal).status, 204)
  t.strictSame(stack.cognitoCalls(), [
    'GetUser',
    'AdminUpdateUserAttributes',
    'GetUser',
    'AdminUpdateUserAttributes',
  ])
})

t.test('a removal that fails half-way is ended by a repeat', async (t) => {
  const stack = await withPhone(t)
  const { ada } = stack
  enrol(stack, ada, unfinished('WHATSAPP'))
  const throttled = awsFault('TooManyRequestsException', 'Rate exceeded')
  stack.cognito.faults.add({
    operation: 'AdminUpdateUserAttributes',
    fault: throttled,
    times: 1,
  })
  t.equal((await remove(stack, ada, 'SMS')).status, 503)
  t.match(stack.attributes(ada), BOTH_VERIFIED)
  t.equal(enrolled(stack, ada).length, 3, 'nothing was done')

  stack.authsignal.faults.add({ operation: DELETION, fault: DOWN, times: 1 })
  t.equal((await remove(stack, ada, 'SMS')).status, 503)
  t.match(stack.attributes(ada), { phone_number_verified: 'false' })
  t.equal(enrolled(stack, ada).length, 3)
  stack.authsignal.clock.advance(MINUTE)
  const { username } = stack.cognito.users.find(ada.sub)!
  const { body } = await stack.start({ username })
  const token = await stack.user.pass(body.token, PHONE)
  t.equal((await stack.finish({ session: body.session, token })).status, 401, 'no way in already')

  t.equal((await remove(stack, ada, 'SMS')).status, 204)
  t.notOk(stack.methodsOf(ada.sub).includes('SMS' as never))
  t.match(stack.attributes(ada), { email_verified: 'true', phone_number_verified: 'false' })
  t.match(await remove(stack, ada, 'EMAIL_OTP'), LAST)
})

t.test('what was cleared but not said can be repeated', async (t) => {
  const stack = await withPhone(t)
  const { ada } = stack
  const fault: Fault = { kind: 'reset', when: 'after' }
  stack.cognito.faults.add({ operation: 'AdminUpdateUserAttributes', fault, times: 1 })
  t.equal((await remove(stack, ada, 'SMS')).status, 503)
  t.match(stack.attributes(ada), { phone_number_verified: 'false' })
  t.equal((await remove(stack, ada, 'SMS')).status, 204)
  t.strictSame(stack.methodsOf(ada.sub), ['EMAIL_OTP'])
})

t.test('a user who is gone by then is told so', async (t) => {
  const stack = await withPhone(t)
  const fault = awsFault('UserNotFoundException', 'User does not exist.')
  stack.cognito.faults.add({ operation: 'AdminUpdateUserAttributes', fault, times: 1 })
  t.match(await remove(stack, stack.ada, 'SMS'), { status: 401, body: { code: 'invalid_token' } })
})

t.test('of two authenticators of one address the other stays, and the address', async (t) => {
  const stack = await withPhone(t)
  const { ada } = stack
  enrol(stack, ada, { verificationMethod: 'WHATSAPP', phoneNumber: PHONE })
  enrol(stack, ada, { verificationMethod: 'EMAIL_MAGIC_LINK', email: EMAIL.toUpperCase() })
  for (const method of ['SMS', 'EMAIL_OTP']) {
    t.equal((await remove(stack, ada, method)).status, 204)
  }
  t.match(stack.attributes(ada), BOTH_VERIFIED)
  stack.authsignal.clock.advance(MINUTE)
  await stack.start({ email: EMAIL })
  await stack.start({ username: stack.cognito.users.find(ada.sub)!.username })
  t.strictSame(stack.methodsOf(ada.sub), ['WHATSAPP', 'EMAIL_MAGIC_LINK'], 'none comes back')

  t.equal((await remove(stack, ada, 'WHATSAPP')).status, 204)
  t.match(stack.attributes(ada), { email_verified: 'true', phone_number_verified: 'false' })
  t.match(await remove(stack, ada, 'EMAIL_MAGIC_LINK'), LAST)
})

function unfinished(verificationMethod: Enrolled['verificationMethod']): Partial<Enrolled> {
  const none: object = { verifiedAt: undefined, lastVerifiedAt: undefined }
  return { verificationMethod, phoneNumber: PHONE, ...none }
}

t.test('enrolments of the address that nobody finished go with it', async (t) => {
  const stack = await withPhone(t)
  const { ada } = stack
  enrol(stack, ada, unfinished('WHATSAPP'))
  t.equal((await remove(stack, ada, 'SMS')).status, 204)
  t.match(stack.attributes(ada), { phone_number_verified: 'false' })
  t.strictSame(stack.methodsOf(ada.sub), ['EMAIL_OTP'])
})

t.test('an unfinished one goes alone', async (t) => {
  const stack = await withPhone(t)
  const { ada } = stack
  enrol(stack, ada, unfinished('WHATSAPP'))
  t.equal((await remove(stack, ada, 'WHATSAPP')).status, 204)
  t.match(stack.attributes(ada), BOTH_VERIFIED)
  t.strictSame(stack.methodsOf(ada.sub), ['EMAIL_OTP', 'SMS'])
})

t.test('an address that Cognito does not hold is just removed', async (t) => {
  const stack = await here(t)
  const { ada } = stack
  enrol(stack, ada, { verificationMethod: 'SMS', phoneNumber: '+6421234599' })
  enrol(stack, ada, { verificationMethod: 'WHATSAPP', phoneNumber: '+6421234599' })
  t.match(await remove(stack, ada, 'EMAIL_OTP'), LAST, 'and is no way in')
  t.equal((await remove(stack, ada, 'SMS')).status, 204)
  t.strictSame(stack.methodsOf(ada.sub), ['EMAIL_OTP', 'WHATSAPP'])
  t.notOk(stack.cognitoCalls().includes('AdminUpdateUserAttributes'))
})

t.test('only what lets somebody in counts as another way in', async (t) => {
  const stack = await here(t)
  const { ada } = stack
  enrol(stack, ada, { verificationMethod: 'AUTHENTICATOR_APP' })
  for (const method of ['RECOVERY_CODE', 'IPROOV', 'SOMETHING_NEW']) {
    enrol(stack, ada, { verificationMethod: method as never })
  }
  enrol(stack, ada, { verificationMethod: 'SMS', phoneNumber: PHONE })
  enrolled(stack, ada).shift()
  t.match(await remove(stack, ada, 'AUTHENTICATOR_APP'), LAST)
  t.equal((await remove(stack, ada, 'RECOVERY_CODE')).status, 204, 'and it can be removed')
  t.equal((await remove(stack, ada, 'SMS')).status, 204)
  t.match(await remove(stack, ada, 'AUTHENTICATOR_APP'), LAST)
  enrol(stack, ada, { verificationMethod: 'SECURITY_KEY' })
  t.equal((await remove(stack, ada, 'AUTHENTICATOR_APP')).status, 204)
})
