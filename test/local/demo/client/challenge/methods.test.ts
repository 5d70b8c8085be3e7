import t from 'tap'
import {
  methodsForSignIn,
  methodsForStepUp,
  stageOf,
} from '../../../../../local/demo/client/challenge/methods.ts'

const createdAt = '2026-01-01T00:00:00Z'
const enrolled = (verificationMethod: string, more = { verifiedAt: createdAt }) => ({
  authenticatorId: verificationMethod,
  verificationMethod,
  createdAt,
  ...more,
})

t.test('whoever signs in may try everything that can go to what they typed', (t) => {
  const held = ['app', 'passkey', 'key', 'redirect', 'popup', 'window']
  t.strictSame(methodsForSignIn({ email: 'a@example.com' }), ['email', 'link', ...held])
  t.strictSame(methodsForSignIn({ phoneNumber: '+6421' }), ['sms', 'whatsapp', ...held])
  t.end()
})

t.test('whoever is signed in may use what they have, quickest first, and no redirect', (t) => {
  const list = [enrolled('SMS'), enrolled('EMAIL_OTP'), enrolled('PASSKEY')]
  t.strictSame(methodsForStepUp(list), [
    'passkey',
    'email',
    'link',
    'sms',
    'whatsapp',
    'popup',
    'window',
  ])
  t.strictSame(methodsForStepUp([]), ['popup', 'window'])
  t.end()
})

t.test('what was never finished, or is not known here, is not offered', (t) => {
  const { verifiedAt: _, ...unfinished } = enrolled('AUTHENTICATOR_APP')
  const list = [unfinished, enrolled('VERIFF'), enrolled('toString')]
  t.strictSame(methodsForStepUp(list), ['popup', 'window'])
  t.end()
})

t.test('every way is taken on a stage of its kind', (t) => {
  const stages = {
    email: 'code',
    whatsapp: 'code',
    app: 'code',
    link: 'link',
    key: 'device',
    redirect: 'page',
  } as const
  for (const [method, stage] of Object.entries(stages)) {
    t.equal(stageOf(method as keyof typeof stages), stage, method)
  }
  t.equal(stageOf(undefined), 'choose')
  t.end()
})
