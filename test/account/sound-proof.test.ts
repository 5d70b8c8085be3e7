import t from 'tap'
import { isSound, type PassedChallenge } from '../../src/account/sound-proof.ts'
import type { EnrolledAuthenticator } from '../../src/authsignal/answers.ts'

const START = Date.parse('2026-11-22T12:00:00Z')
const BEFORE = '2026-11-22T11:59:59Z'
const AFTER = '2026-11-22T12:00:01Z'
const email = 'ada@example.com'
const phoneNumber = '+6421234567'

const account = (attributes: Record<string, string>) => ({ sub: 's', username: 'u', attributes })
const ADA = account({
  email,
  email_verified: 'true',
  phone_number: phoneNumber,
  phone_number_verified: 'true',
})

function enrolled(more: Partial<EnrolledAuthenticator> = {}): EnrolledAuthenticator {
  return {
    id: 'a-1',
    method: 'PASSKEY',
    address: undefined,
    isVerified: true,
    createdAt: BEFORE,
    ...more,
  }
}
const MAIL = enrolled({ id: 'mail', method: 'EMAIL_OTP', address: email, createdAt: AFTER })
const TEXT = enrolled({ id: 'text', method: 'SMS', address: phoneNumber })

function passed(method: string, authenticatorId?: string): PassedChallenge {
  return { method, startedAt: START, authenticatorId }
}

t.test('a thing the user had before the challenge began proves who they are', (t) => {
  for (const method of ['PASSKEY', 'SECURITY_KEY', 'AUTHENTICATOR_APP', 'PUSH', 'DEVICE']) {
    const had = enrolled({ method })
    t.ok(isSound(passed(method), ADA, [had]), method)
    t.ok(isSound(passed(method, 'a-1'), ADA, [had, MAIL]), `${method}, named`)
    t.ok(isSound(passed(method), account({}), [had]), 'whatever addresses there are')
  }
  t.end()
})

t.test('a method that no sign-in takes proves nothing', (t) => {
  for (const method of ['IPROOV', 'RECOVERY_CODE', 'VERIFF', 'passkey', '', 'toString']) {
    const had = enrolled({ method })
    t.notOk(isSound(passed(method), ADA, [had]), method)
    t.notOk(isSound(passed(method, 'a-1'), ADA, [had]), `${method}, named`)
  }
  t.end()
})

t.test('without its start by the clock of the authenticators a thing proves nothing', (t) => {
  const untimed = { startedAt: undefined }
  t.notOk(isSound({ ...passed('PASSKEY'), ...untimed }, ADA, [enrolled()]))
  t.notOk(isSound({ ...passed('PASSKEY', 'a-1'), ...untimed }, ADA, [enrolled()]))
  t.ok(isSound({ ...passed('EMAIL_OTP'), ...untimed }, ADA, [MAIL]), 'an address needs none')
  t.end()
})

t.test('an enrolment that somebody began and left does not spoil the proof', (t) => {
  const left = enrolled({ id: 'left', isVerified: false, createdAt: AFTER })
  t.ok(isSound(passed('PASSKEY'), ADA, [enrolled(), left]))
  t.ok(isSound(passed('PASSKEY', 'a-1'), ADA, [left, enrolled()]))
  t.notOk(isSound(passed('PASSKEY', 'left'), ADA, [enrolled(), left]))
  t.notOk(isSound(passed('PASSKEY'), ADA, [left]))
  t.end()
})

t.test('one that came later, is gone, unproven or of another method proves nothing', (t) => {
  const cases: Record<string, [PassedChallenge, EnrolledAuthenticator[]]> = {
    later: [passed('PASSKEY'), [enrolled({ createdAt: AFTER })]],
    'later, beside an older one': [passed('PASSKEY'), [enrolled(), enrolled({ createdAt: AFTER })]],
    'later, and named': [
      passed('PASSKEY', 'b'),
      [enrolled(), enrolled({ id: 'b', createdAt: AFTER })],
    ],
    'of no known time': [passed('PASSKEY'), [enrolled({ createdAt: '' })]],
    gone: [passed('PASSKEY'), []],
    'gone, and named': [passed('PASSKEY', 'b'), [enrolled()]],
    unproven: [passed('PASSKEY'), [enrolled({ isVerified: false })]],
    'of another method': [passed('RECOVERY_CODE'), [enrolled()]],
    'named as another method': [passed('PASSKEY', 'text'), [enrolled(), TEXT]],
  }
  for (const [name, [challenge, list]] of Object.entries(cases)) {
    t.notOk(isSound(challenge, ADA, list), name)
  }
  t.ok(
    isSound(passed('PASSKEY', 'a-1'), ADA, [enrolled(), enrolled({ id: 'b', createdAt: AFTER })]),
  )
  t.end()
})

t.test('an address proves who they are while Cognito holds it', (t) => {
  for (const method of ['EMAIL_OTP', 'EMAIL_MAGIC_LINK']) {
    t.ok(isSound(passed(method), ADA, [MAIL]), method)
    t.ok(isSound(passed(method, 'mail'), ADA, [TEXT, MAIL]), method)
  }
  for (const method of ['SMS', 'WHATSAPP']) t.ok(isSound(passed(method), ADA, [MAIL, TEXT]), method)
  const old = enrolled({ id: 'old', method: 'EMAIL_OTP', address: 'old@example.com' })
  t.notOk(isSound(passed('EMAIL_OTP'), ADA, [old]))
  t.notOk(isSound(passed('EMAIL_OTP'), ADA, [old, MAIL]), 'it may have been the old one')
  t.notOk(isSound(passed('EMAIL_OTP', 'old'), ADA, [old, MAIL]))
  t.ok(isSound(passed('EMAIL_OTP', 'mail'), ADA, [old, MAIL]))
  t.notOk(isSound(passed('EMAIL_OTP'), ADA, []))
  t.notOk(isSound(passed('SMS'), account({ email, email_verified: 'true' }), [TEXT]))
  t.notOk(isSound(passed('EMAIL_OTP'), account({}), [MAIL]))
  t.end()
})

t.test('an unverified address counts as it does at sign-in: only where there is no other', (t) => {
  t.ok(isSound(passed('EMAIL_OTP'), account({ email }), [MAIL]))
  const both = { email, phone_number: phoneNumber, phone_number_verified: 'true' }
  t.notOk(isSound(passed('EMAIL_OTP'), account(both), [MAIL]))
  t.end()
})
