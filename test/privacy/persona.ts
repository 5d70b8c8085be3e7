import * as fc from 'fast-check'
import type { Arbitrary } from 'fast-check'
import type { Canary } from './canaries.ts'

/** Somebody whose every trait is a canary, and what they would send. */
export interface Persona {
  email: string
  phoneNumber: string
  username: string
  redirectUrl: string
  userAgent: string
  ip: string
  /** Of the form that each field wants, and nobody's. */
  session: string
  jwt: string
  refreshToken: string
  nonce: string
  deviceId: string
  idempotencyKey: string
  name: string
  custom: string
  canaries: Canary[]
}

const LETTERS = 'abcdefghijkmnpqrstuvwxyz23456789'.split('')
const TRAITS = [
  'email',
  'domain',
  'username',
  'redirect',
  'agent',
  'session',
  'jwt',
  'signature',
  'refresh',
  'nonce',
  'device',
  'idempotency',
  'name',
  'custom',
  'address',
] as const

const random = (units: string[], length: number) =>
  fc.string({ unit: fc.constantFrom(...units), minLength: length, maxLength: length })

/** Unlike any word of ours: letters and digits by turns would be a rare log line. */
export const personas: Arbitrary<Persona> = fc
  .tuple(
    fc.uniqueArray(random(LETTERS, 14), { minLength: TRAITS.length, maxLength: TRAITS.length }),
    random('0123456789'.split(''), 7),
    random('123456789abcdef'.split(''), 8),
  )
  .map(([values, digits, group]) => {
    const trait = Object.fromEntries(TRAITS.map((name, index) => [name, values[index]!]))
    const of = (name: (typeof TRAITS)[number]) => trait[name]!
    const ip = `2001:db8:${group.slice(0, 4)}:${group.slice(4)}::7`
    const claims = Buffer.from(JSON.stringify({ sub: of('jwt') })).toString('base64url')
    return {
      email: `${of('email')}@${of('domain')}.example`,
      phoneNumber: `+6421${digits}`,
      username: of('username'),
      redirectUrl: `https://${of('redirect')}.example/callback?x=${of('redirect')}`,
      userAgent: `Mozilla/5.0 ${of('agent')}`,
      ip,
      session: `s1.${of('session')}.${of('session')}`,
      jwt: `e30.${claims}.${of('signature')}`,
      refreshToken: of('refresh'),
      nonce: of('nonce'),
      deviceId: of('device'),
      idempotencyKey: `key-${of('idempotency')}`,
      name: of('name'),
      custom: of('custom'),
      canaries: [
        ...Object.entries(trait).map(([name, value]) => ({ name, value })),
        { name: 'phone number', value: `21${digits}` },
        { name: 'IP address', value: ip.slice('2001:db8:'.length) },
      ],
    }
  })
