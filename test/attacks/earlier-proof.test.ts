import { createHash } from 'node:crypto'
import t from 'tap'
import { addressDigest, writeContext } from '../../src/trigger-protocol/signed-context.ts'
import { derivedKey } from '../../src/trigger-protocol/derived-key.ts'
import { passkeyUser } from '../support/passkey-user.ts'
import { attack, scene, victim, type Scene } from './against-both.ts'

const { email } = victim

/** A validation token of the victim's passkey, as it may leak from a device, a log or a proxy. */
async function leakedToken(stack: Scene): Promise<string> {
  const { body } = await stack.start({ email })
  const proof = await stack.user.pass(body.token, email)
  await stack.finish({ session: body.session, token: proof })
  const passkeys = passkeyUser(stack)
  return passkeys.use(await passkeys.create(proof))
}

attack(t, 'a passkey token that leaked, used again past the service', {}, async (stack) => {
  const token = await leakedToken(stack)
  await stack.post('/passkey-sign-in', { token })
  const begun = await stack.direct.initiate(email)
  const { accessToken } = await stack.direct.respond(begun, token)
  return accessToken
})

t.test('only the service can name a proof that came before the sign-in', async (t) => {
  for (const contextRound of ['off', 'on'] as const) {
    const stack = await scene(t, 'ours', { contextRound })
    const token = await leakedToken(stack)
    const { username } = stack.cognito.users.find(email)!
    const payload = JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString())
    const context = {
      identifier: 'username',
      method: 'PASSKEY',
      proof: String(payload.other.idempotencyKey),
    } as const
    const forgeries = {
      unsigned: { ...context, signInMethod: 'PASSKEY' },
      'signed with another key': writeContext(Buffer.alloc(32), username, context),
      'signed for somebody else': writeContext(
        derivedKey('tenant-secret', 'context'),
        'somebody else',
        context,
      ),
    }
    for (const [name, metadata] of Object.entries(forgeries)) {
      const begun = await stack.direct.initiate(email)
      const { accessToken } = await stack.direct.respond(begun, token, metadata)
      t.equal(accessToken, undefined, `${name}, context round ${contextRound}`)
    }
    // What the forgeries lack is the signature and nothing else.
    const real = writeContext(derivedKey('tenant-secret', 'context'), username, context)
    const { accessToken } = await stack.direct.respond(
      await stack.direct.initiate(email),
      token,
      real,
    )
    t.type(accessToken, 'string')
  }
})

t.test('an ID token is nothing to the triggers unless the service vouches for it', async (t) => {
  const stack = await scene(t, 'ours')
  await stack.signIn({ email })
  const key = derivedKey('tenant-secret', 'context')
  const { username } = stack.cognito.users.find(email)!
  const idToken = 'any.id.token'
  const context = {
    identifier: 'email',
    typed: addressDigest(key, email),
    method: 'GOOGLE',
    proof: createHash('sha256').update(idToken).digest('base64url'),
  } as const
  const answerWith = async (answer: string, metadata: Record<string, string>) => {
    const begun = await stack.direct.initiate(email)
    return (await stack.direct.respond(begun, answer, metadata)).accessToken
  }
  const signed = (changes: object) => writeContext(key, username, { ...context, ...changes })

  t.equal(await answerWith(idToken, { ...context }), undefined, 'unsigned')
  t.equal(await answerWith('another.id.token', signed({})), undefined, 'signed for another token')
  t.equal(
    await answerWith(idToken, signed({ typed: addressDigest(key, 'other@example.com') })),
    undefined,
    'signed for another address',
  )
  t.equal(await answerWith(idToken, signed({ identifier: 'username' })), undefined)
  t.type(await answerWith(idToken, signed({})), 'string', 'what the service signs does count')

  stack.cognito.users.find(email)!.attributes['email_verified'] = 'false'
  t.equal(await answerWith(idToken, signed({})), undefined, 'an address that nobody has proven')
})
