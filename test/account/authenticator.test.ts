import t from 'tap'
import { describe } from '../../src/account/authenticator.ts'
import type { EnrolledAuthenticator } from '../../src/authsignal/answers.ts'

function entry(more: Partial<EnrolledAuthenticator> = {}): EnrolledAuthenticator {
  return {
    id: 'a-1',
    method: 'PASSKEY',
    address: undefined,
    isVerified: true,
    createdAt: '2026-11-22T09:30:00.123Z',
    ...more,
  }
}

t.test('shows what there is, and leaves out the rest', (t) => {
  t.strictSame(describe(entry()), {
    authenticatorId: 'a-1',
    verificationMethod: 'PASSKEY',
    createdAt: '2026-11-22T09:30:00Z',
  })
  t.strictSame(
    describe(
      entry({
        name: 'iCloud Keychain',
        verifiedAt: '2026-11-22T22:30:41.999+13:00',
        lastVerifiedAt: '2026-11-23T08:02:13Z',
      }),
    ),
    {
      authenticatorId: 'a-1',
      verificationMethod: 'PASSKEY',
      createdAt: '2026-11-22T09:30:00Z',
      verifiedAt: '2026-11-22T09:30:41Z',
      lastVerifiedAt: '2026-11-23T08:02:13Z',
      name: 'iCloud Keychain',
    },
  )
  t.end()
})

t.test('a time that is none is left out, but for the one that is promised', (t) => {
  const shown = describe(entry({ verifiedAt: 'yesterday', lastVerifiedAt: '' }))
  t.notOk('verifiedAt' in shown)
  t.notOk('lastVerifiedAt' in shown)
  const { createdAt: _createdAt, ...undated } = entry()
  for (const broken of [undated, entry({ createdAt: '' }), entry({ createdAt: 'x' })]) {
    t.throws(() => describe(broken), { code: 'upstream_error' })
  }
  t.end()
})

t.test('addresses are masked so that who knows them recognises them', (t) => {
  const emails = {
    'ada@example.com': 'a***@example.com',
    'a@example.com': 'a***@example.com',
    'ada.lovelace+work@mail.example.co.nz': 'a***@mail.example.co.nz',
    '"a@b"@example.com': '"***@example.com',
    'örjan@example.com': 'ö***@example.com',
    '😀x@example.com': '😀***@example.com',
  }
  for (const [address, email] of Object.entries(emails)) {
    t.match(describe(entry({ method: 'EMAIL_OTP', address })), { email }, address)
  }
  const numbers = {
    '+6421234567': '+64*****67',
    '+12025550123': '+1*****23',
    '+4915112345678': '+49*****78',
    '+999': '+*****99',
    '@x': '+*****@x',
  }
  for (const [address, phoneNumber] of Object.entries(numbers)) {
    t.match(describe(entry({ method: 'SMS', address })), { phoneNumber }, address)
  }
  t.end()
})
