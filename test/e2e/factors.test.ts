import { TOTP, URI } from 'otpauth'
import t from 'tap'
import { startStack, type Stack } from '../support/stack.ts'

const email = 'ada@example.com'
const phoneNumber = '+6421234567'

interface Verified {
  accessToken?: string
}

async function call(stack: Stack, token: string, path: string, body?: object) {
  const { status, body: answer } = await stack.user.call(token, path, body)
  return { status, answer: answer as Verified & { uri?: string } }
}

t.test('an authenticator app, once enrolled, signs in where an address was typed', async (t) => {
  const stack = await startStack(t)
  const first = await stack.start({ email })
  const proof = await stack.user.pass(first.body.token, email)
  await stack.finish({ session: first.body.session, token: proof })
  // A validation token may enrol for its ten minutes.
  const { answer: enrolled } = await call(stack, proof, '/user-authenticators/totp')
  const app = URI.parse(enrolled.uri!) as TOTP
  const code = () => app.generate({ timestamp: stack.authsignal.clock.now() })
  await call(stack, proof, '/verify/totp', { verificationCode: code() })

  stack.authsignal.clock.advance(60_000)
  const { body } = await stack.start({ email })
  const { answer } = await call(stack, body.token, '/verify/totp', { verificationCode: code() })
  const finished = await stack.finish({ session: body.session, token: answer.accessToken })
  t.equal(finished.status, 200)
})

t.test('an enrolment that was begun and left locks nobody out', async (t) => {
  const stack = await startStack(t)
  const first = await stack.start({ email })
  const proof = await stack.user.pass(first.body.token, email)
  await stack.finish({ session: first.body.session, token: proof })
  const { answer: enrolled } = await call(stack, proof, '/user-authenticators/totp')
  const app = URI.parse(enrolled.uri!) as TOTP
  const code = () => app.generate({ timestamp: stack.authsignal.clock.now() })
  await call(stack, proof, '/verify/totp', { verificationCode: code() })
  // A second app, scanned and forgotten.
  await call(stack, proof, '/user-authenticators/totp')

  stack.authsignal.clock.advance(60_000)
  const { body } = await stack.start({ email })
  const { answer } = await call(stack, body.token, '/verify/totp', { verificationCode: code() })
  const finished = await stack.finish({ session: body.session, token: answer.accessToken })
  t.equal(finished.status, 200)
})

t.test('an authenticator app enrolled under the attempt itself does not finish it', async (t) => {
  const stack = await startStack(t, { tenant: { enrolAfterAnyChallenge: true } })
  await stack.signIn({ email })
  const { body } = await stack.start({ email })
  await stack.signIn({ email })
  const { answer: enrolled } = await call(stack, body.token, '/user-authenticators/totp')
  const app = URI.parse(enrolled.uri!) as TOTP
  const verificationCode = app.generate({ timestamp: stack.authsignal.clock.now() })
  const { answer } = await call(stack, body.token, '/verify/totp', { verificationCode })
  t.type(answer.accessToken, 'string', 'Authsignal is content')
  const finished = await stack.finish({ session: body.session, token: answer.accessToken })
  t.match(finished.body, { status: 401, code: 'challenge_failed' })
})

t.test('a magic link proves the email address, wherever it is opened', async (t) => {
  const stack = await startStack(t)
  const { body } = await stack.start({ email })
  await call(stack, body.token, '/challenge/email-magic-link')
  const [message] = stack.authsignal.messages(email)
  const { origin, pathname, searchParams } = new URL(message!.url!)
  // What the button of the page sends; opening the link alone confirms nothing.
  await fetch(`${origin}${pathname}`, { method: 'POST', body: searchParams })
  const { answer } = await call(stack, body.token, '/verify/email-magic-link/finalize', {})
  const finished = await stack.finish({ session: body.session, token: answer.accessToken })
  t.equal(finished.status, 200)
  t.match(stack.cognito.users.find(email)!.attributes, { email_verified: 'true' })
})

t.test('a code by WhatsApp proves the phone number', async (t) => {
  const stack = await startStack(t)
  const { body } = await stack.start({ phoneNumber })
  await call(stack, body.token, '/challenge/whatsapp')
  const [message] = stack.authsignal.messages(phoneNumber)
  t.equal(message!.channel, 'whatsapp')
  const { answer } = await call(stack, body.token, '/verify/whatsapp', {
    verificationCode: message!.code,
  })
  const finished = await stack.finish({ session: body.session, token: answer.accessToken })
  t.equal(finished.status, 200)
  t.match(stack.cognito.users.find(phoneNumber)!.attributes, { phone_number_verified: 'true' })
})

t.test('a code by WhatsApp does not prove an email address', async (t) => {
  const stack = await startStack(t)
  stack.cognito.users.put({
    username: email,
    attributes: {
      email,
      email_verified: 'true',
      phone_number: phoneNumber,
      phone_number_verified: 'true',
    },
  })
  await stack.signIn({ phoneNumber })
  const { body } = await stack.start({ email })
  await call(stack, body.token, '/challenge/whatsapp')
  const [message] = stack.authsignal.messages(phoneNumber)
  const { answer } = await call(stack, body.token, '/verify/whatsapp', {
    verificationCode: message!.code,
  })
  const finished = await stack.finish({ session: body.session, token: answer.accessToken })
  t.match(finished.body, { status: 401, code: 'challenge_failed' })
})
