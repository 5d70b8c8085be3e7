import t from 'tap'
import {
  addressDigest,
  readContext,
  writeContext,
  type SignInContext,
} from '../../src/trigger-protocol/signed-context.ts'

const KEY = Buffer.alloc(32, 1)
const NOW = 1_700_000_000_000
const TWENTY_MINUTES = 20 * 60_000

const CONTEXT: SignInContext = {
  identifier: 'email',
  typed: addressDigest(KEY, 'ada@example.com'),
  ipAddress: '203.0.113.7',
  userAgent: 'a browser',
  deviceId: 'device-1',
  locale: 'en-NZ',
  redirectUrl: 'https://app.example.com/callback',
}

function written(context: SignInContext = CONTEXT): Record<string, string> {
  return writeContext(KEY, 'ada', context, NOW)
}

function read(metadata: Record<string, string> | null | undefined, now = NOW, user = 'ada') {
  return readContext(KEY, user, metadata, now)
}

t.test('what the service wrote for a user is read for that user', (t) => {
  t.strictSame(read(written()), CONTEXT)
  for (const identifier of ['email', 'phoneNumber', 'username'] as const) {
    t.strictSame(read(written({ identifier })), { identifier })
  }
  t.end()
})

t.test('all of it is text, as ClientMetadata has to be', (t) => {
  t.ok(Object.values(written()).every((value) => typeof value === 'string'))
  t.ok(Object.values(written({ identifier: 'email' })).every((value) => value !== 'undefined'))
  t.end()
})

t.test('the vendor triggers find the method they read', (t) => {
  t.equal(written({ identifier: 'phoneNumber' })['signInMethod'], 'SMS')
  t.equal(written({ identifier: 'email' })['signInMethod'], 'EMAIL')
  t.end()
})

t.test('a context for another user or of another key is no context', (t) => {
  t.equal(read(written(), NOW, 'eve'), undefined)
  t.equal(read(written(), NOW, ''), undefined)
  t.equal(readContext(Buffer.alloc(32, 2), 'ada', written(), NOW), undefined)
  t.end()
})

t.test('an altered, added or removed field is noticed', (t) => {
  for (const name of Object.keys(written())) {
    t.equal(read({ ...written(), [name]: `${written()[name]}x` }), undefined, `${name} altered`)
    t.equal(read({ ...written(), [name]: '' }), undefined, `${name} emptied`)
    const { [name]: _removed, ...rest } = written()
    t.equal(read(rest), undefined, `${name} removed`)
  }
  t.equal(read({ ...written(), role: 'admin' }), undefined)
  t.end()
})

t.test('a value cannot be moved into the field next to it', (t) => {
  const metadata = written()
  const { ipAddress = '', locale = '' } = metadata
  t.equal(read({ ...metadata, ipAddress: locale, locale: ipAddress }), undefined)
  t.equal(read({ ...metadata, ipAddress: `${ipAddress}","locale":"de` }), undefined)
  t.end()
})

t.test('the order of the fields does not matter', (t) => {
  t.strictSame(read(Object.fromEntries(Object.entries(written()).toReversed())), CONTEXT)
  t.end()
})

t.test('a context is good for twenty minutes, of a clock that may be off', (t) => {
  t.ok(read(written(), NOW + TWENTY_MINUTES - 1))
  t.ok(read(written(), NOW - TWENTY_MINUTES + 1))
  t.equal(read(written(), NOW + TWENTY_MINUTES), undefined)
  t.equal(read(written(), NOW - TWENTY_MINUTES), undefined)
  t.end()
})

t.test('no metadata, or none of ours, is no context', (t) => {
  for (const metadata of [undefined, null, {}, { signature: '' }, { identifier: 'email' }]) {
    t.equal(read(metadata as Record<string, string> | undefined), undefined)
  }
  t.end()
})

t.test('a signed context of an unknown kind or without a time is no context', (t) => {
  const odd = { identifier: 'passport' } as unknown as SignInContext
  t.equal(read(written(odd)), undefined)
  t.equal(read(writeContext(KEY, 'ada', CONTEXT, Number.NaN)), undefined)
  t.end()
})

t.test('without a clock it goes by the real one', (t) => {
  t.strictSame(readContext(KEY, 'ada', writeContext(KEY, 'ada', CONTEXT)), CONTEXT)
  t.equal(readContext(KEY, 'ada', writeContext(KEY, 'ada', CONTEXT, 0)), undefined)
  t.end()
})

t.test('the digest of an address is the same for every spelling of it', (t) => {
  const digest = addressDigest(KEY, 'ada@example.com')
  for (const spelling of ['ADA@Example.COM', ' ada@example.com', 'ada@example.com\n']) {
    t.equal(addressDigest(KEY, spelling), digest)
  }
  for (const other of ['ada@example.org', 'a.da@example.com', 'ada+x@example.com', '']) {
    t.not(addressDigest(KEY, other), digest)
  }
  t.end()
})

t.test('a digest shows the address to nobody, and needs the key to be compared', (t) => {
  for (const address of ['ada@example.com', '+6421234567', 'x'.repeat(128)]) {
    const digest = addressDigest(KEY, address)
    t.match(digest, /^[\w-]{43}$/)
    t.notMatch(digest, address)
    t.not(addressDigest(Buffer.alloc(32, 2), address), digest)
  }
  t.end()
})

t.test('what was typed cannot be exchanged or left out', (t) => {
  const typed = addressDigest(KEY, 'eve@example.com')
  t.equal(read({ ...written(), typed }), undefined)
  const { typed: _typed, ...without } = written()
  t.equal(read(without), undefined)
  t.strictSame(read(written({ identifier: 'email', typed })), { identifier: 'email', typed })
  t.end()
})
