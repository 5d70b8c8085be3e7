import {
  AdminCreateUserCommand,
  AdminSetUserPasswordCommand,
  InitiateAuthCommand,
  RespondToAuthChallengeCommand,
  SignUpCommand,
  type InitiateAuthCommandOutput,
} from '@aws-sdk/client-cognito-identity-provider'
import t, { type Test } from 'tap'
import {
  secretHashOf,
  type LocalClient,
  type LocalCognitoOptions,
} from '../../../../local/cognito/index.ts'
import { N } from '../../../../local/cognito/srp/group.ts'
import { srpClient } from '../../../support/srp-client.ts'
import {
  clientId,
  codeTriggers,
  errorOf,
  invalidParameter,
  notAuthorized,
  poolId,
  startSubject,
  type ChallengeEvent,
} from '../support.ts'

const username = 'ann@example.com'
const password = 'Correct-Horse-1'
const WRONG = notAuthorized('Incorrect username or password.')

/** Ann, who has a password, and somebody who speaks SRP. */
async function begin(
  t: Test,
  options: Partial<Omit<LocalCognitoOptions, 'clients'>> & { client?: Partial<LocalClient> } = {},
) {
  const { client, ...rest } = options
  const subject = await startSubject(t, {
    clients: [{ clientId, ...client }, { clientId: 'other' }],
    ...rest,
  })
  const ann = subject.local.users.put({ username, password })
  const srp = srpClient(poolId)
  const initiate = (parameters: Record<string, string> = {}, name = username) =>
    subject.cognito.send(
      new InitiateAuthCommand({
        ClientId: clientId,
        AuthFlow: 'USER_SRP_AUTH',
        AuthParameters: { USERNAME: name, SRP_A: srp.publicValue, ...parameters },
      }),
    )
  const respond = (
    challenge: InitiateAuthCommandOutput,
    responses: Record<string, string>,
    more: { ClientId?: string; ClientMetadata?: Record<string, string> } = {},
  ) =>
    subject.cognito.send(
      new RespondToAuthChallengeCommand({
        ClientId: clientId,
        ChallengeName: 'PASSWORD_VERIFIER',
        Session: challenge.Session,
        ChallengeResponses: responses,
        ...more,
      }),
    )
  const claim = (challenge: InitiateAuthCommandOutput, typed = password, timestamp?: string) =>
    srp.claim(challenge.ChallengeParameters!, typed, timestamp)
  const signIn = async (typed = password, name = username) => {
    const challenge = await initiate({}, name)
    return respond(challenge, claim(challenge, typed))
  }
  return { ...subject, ann, srp, initiate, respond, claim, signIn }
}

t.test('the right password signs in, and no challenge trigger is asked', async (t) => {
  const sources: string[] = []
  const postAuthentication = (event: ChallengeEvent) => {
    sources.push(event.triggerSource)
    return event
  }
  const { ann, local, initiate, respond, claim } = await begin(t, {
    triggers: { ...codeTriggers, postAuthentication },
  })
  const challenge = await initiate()
  t.equal(challenge.ChallengeName, 'PASSWORD_VERIFIER')
  t.equal(challenge.Session, undefined)
  const { SALT, SECRET_BLOCK, SRP_B, ...names } = challenge.ChallengeParameters!
  t.strictSame(names, { USERNAME: ann.username, USER_ID_FOR_SRP: ann.username })
  t.match(SALT, /^[0-9a-f]{32}$/)
  t.match(SRP_B, /^[0-9a-f]{700,768}$/)
  t.match(SECRET_BLOCK, /^[\w+/]{1300,}=*$/)

  const answer = await respond(challenge, claim(challenge))
  t.strictSame(answer.ChallengeParameters, {})
  t.match(answer.AuthenticationResult, { AccessToken: /^ey/, RefreshToken: /^ey/ })
  t.strictSame(sources, ['PostAuthentication_Authentication'])
  t.equal(local.triggers.invocations.length, 1)
})

t.test('signs in every time: no leading zero of any number matters', async (t) => {
  const { local, signIn } = await begin(t)
  for (let time = 0; time < 40; time += 1) {
    local.users.put({ username, password: `${password}${time}` })
    t.ok((await signIn(`${password}${time}`)).AuthenticationResult)
  }
})

t.test('a wrong password, an unknown user and one without a password end alike', async (t) => {
  const { cognito, local, initiate, signIn } = await begin(t)
  local.users.put({ username: 'new@example.com' })
  await cognito.send(
    new AdminCreateUserCommand({ UserPoolId: poolId, Username: 'made@example.com' }),
  )
  t.strictSame(await errorOf(signIn('Wrong-Horse-1')), WRONG)
  for (const name of ['nobody@example.com', 'new@example.com', 'made@example.com']) {
    const [one, two] = [await initiate({}, name), await initiate({}, name)]
    t.match(one.ChallengeParameters, { SALT: /^[0-9a-f]{32}$/, SRP_B: /^[0-9a-f]{700,768}$/ })
    t.equal(one.ChallengeParameters!['SALT'], two.ChallengeParameters!['SALT'])
    t.equal(one.ChallengeParameters!['USERNAME'], two.ChallengeParameters!['USERNAME'])
    t.not(one.ChallengeParameters!['SRP_B'], two.ChallengeParameters!['SRP_B'])
    t.strictSame(await errorOf(signIn(password, name)), WRONG)
    t.strictSame(await errorOf(signIn('', name)), WRONG)
  }
})

t.test('LEGACY says that there is no such user', async (t) => {
  const { initiate } = await begin(t, { client: { preventUserExistenceErrors: 'LEGACY' } })
  t.match(await errorOf(initiate({}, 'nobody@example.com')), { name: 'UserNotFoundException' })
})

t.test('users in states that bar them are told at the start', async (t) => {
  const { local, initiate } = await begin(t)
  local.users.setStatus(username, 'UNCONFIRMED')
  t.match(await errorOf(initiate()), { name: 'UserNotConfirmedException' })
  local.users.setStatus(username, 'CONFIRMED')
  local.users.disable(username)
  t.strictSame(await errorOf(initiate()), notAuthorized('User is disabled.'))
})

t.test('passwords come from SignUp and from administrators, and the last one counts', async (t) => {
  const { cognito, local, signIn } = await begin(t, { signUpAllowed: true })
  const Username = 'new@example.com'
  await cognito.send(new SignUpCommand({ ClientId: clientId, Username, Password: password }))
  local.users.setStatus(Username, 'CONFIRMED')
  t.ok((await signIn(password, Username)).AuthenticationResult)
  const set = (Password: string, Permanent: boolean) =>
    cognito.send(
      new AdminSetUserPasswordCommand({ UserPoolId: poolId, Username, Password, Permanent }),
    )
  await set('Another-Horse-2', true)
  t.strictSame(await errorOf(signIn(password, Username)), WRONG)
  t.ok((await signIn('Another-Horse-2', Username)).AuthenticationResult)
})

t.test('a temporary password leads to a step that is not spoken here', async (t) => {
  const { cognito, signIn } = await begin(t)
  const Username = 'new@example.com'
  await cognito.send(
    new AdminCreateUserCommand({ UserPoolId: poolId, Username, TemporaryPassword: password }),
  )
  t.match(await errorOf(signIn(password, Username)), {
    name: 'UnsupportedOperationException',
    message: /NEW_PASSWORD_REQUIRED/,
  })
  t.strictSame(await errorOf(signIn('Wrong-Horse-1', Username)), WRONG)
})

t.test('only where the client allows it, alone or before a custom challenge', async (t) => {
  const { start, initiate, srp } = await begin(t, {
    client: { explicitAuthFlows: ['ALLOW_CUSTOM_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'] },
  })
  const refused = invalidParameter('USER_SRP_AUTH is not enabled for the client.')
  t.strictSame(await errorOf(initiate()), refused)
  const passwordFirst = { CHALLENGE_NAME: 'SRP_A', SRP_A: srp.publicValue }
  t.strictSame(await errorOf(start(username, passwordFirst)), refused)
  t.equal((await start(username)).ChallengeName, 'CUSTOM_CHALLENGE')
})

t.test('and a custom sign-in not where only SRP is allowed', async (t) => {
  const { start, signIn, srp } = await begin(t, {
    client: { explicitAuthFlows: ['ALLOW_USER_SRP_AUTH'] },
  })
  const passwordFirst = { CHALLENGE_NAME: 'SRP_A', SRP_A: srp.publicValue }
  for (const parameters of [{}, passwordFirst]) {
    t.strictSame(
      await errorOf(start(username, parameters)),
      invalidParameter('CUSTOM_AUTH is not enabled for the client.'),
    )
  }
  t.ok((await signIn()).AuthenticationResult)
})

t.test('a public value that would give the key away is refused', async (t) => {
  const { initiate } = await begin(t)
  for (const SRP_A of ['0', '00', N.toString(16), (2n * N).toString(16), 'xyz', '-1']) {
    t.match(await errorOf(initiate({ SRP_A })), { name: 'InvalidParameterException' }, SRP_A)
  }
  t.strictSame(
    await errorOf(initiate({ SRP_A: '' })),
    invalidParameter('Missing required parameter SRP_A'),
  )
})

t.test('an answer must be complete and dated as documented', async (t) => {
  const { initiate, respond, claim } = await begin(t)
  const challenge = await initiate()
  const whole = claim(challenge)
  for (const name of Object.keys(whole)) {
    t.strictSame(
      await errorOf(respond(challenge, { ...whole, [name]: '' })),
      invalidParameter(`Missing required parameter ${name}`),
    )
  }
  for (const TIMESTAMP of ['2026-01-05T09:03:00Z', 'Mon Jan 5 9:03:00 UTC 2026', 'Lun']) {
    t.strictSame(
      await errorOf(respond(challenge, { ...whole, TIMESTAMP })),
      invalidParameter('TIMESTAMP format should be EEE MMM d HH:mm:ss z yyyy in english.'),
    )
  }
  t.ok((await respond(challenge, whole)).AuthenticationResult, 'none of it spent the challenge')

  const padded = await initiate()
  const dated = claim(padded, password, 'Mon Jan 05 09:03:00 UTC 2026')
  t.strictSame(await errorOf(respond(padded, dated)), WRONG, 'it is signed as Jan 5')
})

t.test('a secret block is good once, for a while, for its user and client', async (t) => {
  const { local, initiate, respond, claim } = await begin(t)
  const bob = local.users.put({ username: 'bob@example.com', password })
  const used = await initiate()
  await respond(used, claim(used))
  t.strictSame(await errorOf(respond(used, claim(used))), WRONG)

  for (const change of [
    { USERNAME: bob.username },
    { USERNAME: username },
    { PASSWORD_CLAIM_SECRET_BLOCK: 'bWFkZSB1cA==' },
    { PASSWORD_CLAIM_SIGNATURE: 'bWFkZSB1cA==' },
  ]) {
    const challenge = await initiate()
    const answer = { ...claim(challenge), ...change }
    t.strictSame(await errorOf(respond(challenge, answer)), WRONG, Object.keys(change).join())
  }

  const elsewhere = await initiate()
  const answer = claim(elsewhere)
  t.strictSame(await errorOf(respond(elsewhere, answer, { ClientId: 'other' })), WRONG)

  const late = await initiate()
  local.clock.advance(3 * 60_000)
  t.strictSame(await errorOf(respond(late, claim(late))), WRONG)
})

t.test('the secret hash is over the name of each request', async (t) => {
  const clientSecret = 'a1b2c3d4e5f6g7h8i9j0k1l2m3n4'
  const { ann, initiate, respond, claim } = await begin(t, { client: { clientSecret } })
  const hash = (name: string) => ({ SECRET_HASH: secretHashOf(name, clientId, clientSecret) })
  t.match(await errorOf(initiate()), { name: 'NotAuthorizedException', message: /SECRET_HASH/ })
  const challenge = await initiate(hash(username))
  const answer = claim(challenge)
  const wrong = respond(challenge, { ...answer, ...hash(username) })
  t.match(await errorOf(wrong), { message: /SecretHash does not match/ })
  t.ok((await respond(challenge, { ...answer, ...hash(ann.username) })).AuthenticationResult)
})

/** Password first, then the code of the usual triggers; keeps what Define was shown. */
function passwordThenCode() {
  const shown: unknown[] = []
  const defineAuthChallenge = (event: ChallengeEvent) => {
    const { session } = event.request
    shown.push(structuredClone(session))
    const names = session.map((round) => Reflect.get(round, 'challengeName')).join()
    const last = session.at(-1)?.challengeResult
    event.response =
      names === 'SRP_A'
        ? { challengeName: 'PASSWORD_VERIFIER', issueTokens: false, failAuthentication: false }
        : names === 'SRP_A,PASSWORD_VERIFIER' && last === true
          ? { challengeName: 'CUSTOM_CHALLENGE', issueTokens: false, failAuthentication: false }
          : { issueTokens: last === true && session.length === 3, failAuthentication: !last }
    return event
  }
  return { shown, triggers: { ...codeTriggers, defineAuthChallenge } }
}

const SRP_A = { challengeName: 'SRP_A', challengeResult: true, challengeMetadata: null }
const PROVEN = { ...SRP_A, challengeName: 'PASSWORD_VERIFIER' }

t.test('before a custom challenge, Define is shown the password as two rounds', async (t) => {
  const { shown, triggers } = passwordThenCode()
  const { local, start, answer, respond, claim, srp } = await begin(t, { triggers })
  const first = await start(username, { CHALLENGE_NAME: 'SRP_A', SRP_A: srp.publicValue })
  t.equal(first.ChallengeName, 'PASSWORD_VERIFIER')
  t.ok(first.Session && first.Session.length > 1500)
  const ClientMetadata = { k: 'v' }
  const second = await respond(first, claim(first), { ClientMetadata })
  t.equal(second.ChallengeName, 'CUSTOM_CHALLENGE')
  t.not(second.Session, first.Session)
  t.match(second.ChallengeParameters, { url: String, USERNAME: String })
  t.ok((await answer(second, '123456')).AuthenticationResult)

  const custom = {
    challengeName: 'CUSTOM_CHALLENGE',
    challengeResult: true,
    challengeMetadata: 'ROUND_3',
  }
  t.strictSame(shown, [[SRP_A], [SRP_A, PROVEN], [SRP_A, PROVEN, custom]])
  t.match(local.triggers.invocations[2]?.event, {
    triggerSource: 'CreateAuthChallenge_Authentication',
    request: {
      session: [SRP_A, PROVEN],
      challengeName: 'CUSTOM_CHALLENGE',
      clientMetadata: { k: 'v' },
    },
  })
})

t.test('a wrong password is a failed round, for unknown users always', async (t) => {
  for (const [name, typed] of [
    [username, 'Wrong-Horse-1'],
    ['nobody@example.com', password],
  ] as const) {
    const { shown, triggers } = passwordThenCode()
    const { start, respond, claim, srp } = await begin(t, { triggers })
    const first = await start(name, { CHALLENGE_NAME: 'SRP_A', SRP_A: srp.publicValue })
    t.strictSame(await errorOf(respond(first, claim(first, typed))), WRONG)
    t.strictSame(shown.at(-1), [SRP_A, { ...PROVEN, challengeResult: false }])
  }
})

t.test('a round is answered once, in its own way and with its own secret block', async (t) => {
  const { triggers } = passwordThenCode()
  const { start, answer, respond, claim, srp } = await begin(t, { triggers })
  const parameters = { CHALLENGE_NAME: 'SRP_A', SRP_A: srp.publicValue }
  const begun = () => start(username, parameters)
  const invalid = notAuthorized('Invalid session for the user.')
  const used = notAuthorized('Invalid session for the user, session can only be used once.')

  const skipped = await begun()
  t.strictSame(await errorOf(answer(skipped, '123456')), invalid, 'a code instead of a password')
  t.strictSame(await errorOf(respond(skipped, claim(skipped))), used)

  const first = await begun()
  const second = await respond(first, claim(first))
  t.strictSame(await errorOf(respond(first, claim(first))), used)
  t.strictSame(await errorOf(respond(second, claim(first))), invalid, 'a password again')

  const [mine, other] = [await begun(), await begun()]
  t.strictSame(await errorOf(respond(mine, claim(other))), WRONG)
  const third = await begun()
  const swapped = { ...claim(third), PASSWORD_CLAIM_SECRET_BLOCK: 'bWFkZSB1cA==' }
  t.strictSame(await errorOf(respond(third, swapped)), WRONG)
  const withoutSession = { ...(await begun()), Session: undefined }
  t.strictSame(await errorOf(respond(withoutSession, claim(withoutSession))), WRONG)
})

t.test('Define cannot ask for a password that nobody began to prove', async (t) => {
  const { start, respond, claim, srp } = await begin(t, {
    triggers: { ...codeTriggers, defineAuthChallenge: alwaysPassword },
  })
  const failure = { name: 'InvalidLambdaResponseException' }
  t.match(await errorOf(start(username)), failure)
  t.match(await errorOf(start(username, { SRP_A: srp.publicValue })), failure)
  const first = await start(username, { CHALLENGE_NAME: 'SRP_A', SRP_A: srp.publicValue })
  t.match(await errorOf(respond(first, claim(first))), failure, 'nor for a second one')
})

function alwaysPassword(event: ChallengeEvent) {
  event.response = { challengeName: 'PASSWORD_VERIFIER' }
  return event
}
