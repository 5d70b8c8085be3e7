import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { AdminGetUserCommand } from '@aws-sdk/client-cognito-identity-provider'
import t, { type Test } from 'tap'
import { cognitoClient } from '../../src/cognito/client.ts'
import { upstreamGuards } from '../../src/upstream/guards.ts'
import { awsJson } from '../support/cognito.ts'
import { hang, startUpstream, text, type Answer } from '../support/upstream.ts'

const CREDENTIALS = `<AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <AssumeRoleWithWebIdentityResult><Credentials>
    <AccessKeyId>ASIAEXAMPLE</AccessKeyId><SecretAccessKey>example</SecretAccessKey>
    <SessionToken>example</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration>
  </Credentials></AssumeRoleWithWebIdentityResult>
</AssumeRoleWithWebIdentityResponse>`

/** A pool whose credentials come from STS, as in a Kubernetes cluster of AWS. */
async function poolWithSts(t: Test, answer: (count: number) => Answer) {
  const sts = await startUpstream(t, (_request, count) => answer(count))
  const cognito = await startUpstream(t, () => awsJson(200, { Username: 'ada' }))
  const token = join(t.testdir(), 'token')
  writeFileSync(token, 'a.web.identity')
  delete process.env['AWS_ACCESS_KEY_ID']
  delete process.env['AWS_SECRET_ACCESS_KEY']
  Object.assign(process.env, {
    AWS_WEB_IDENTITY_TOKEN_FILE: token,
    AWS_ROLE_ARN: 'arn:aws:iam::123456789012:role/service',
    AWS_ENDPOINT_URL_STS: sts.url,
    AWS_REGION: 'eu-west-1',
    AWS_EC2_METADATA_DISABLED: 'true',
  })
  const guards = upstreamGuards({ capacity: 5, sharesByAddress: false }, {})
  const client = cognitoClient({
    region: 'eu-west-1',
    endpoint: cognito.url,
    guard: guards.cognito,
    timeoutMs: 300,
  })
  const find = (ms: number) =>
    client.send(new AdminGetUserCommand({ UserPoolId: 'eu-west-1_x', Username: 'ada' }), {
      abortSignal: AbortSignal.timeout(ms),
    })
  return { find, guards }
}

t.test(
  'a call whose credentials do not come ends by its signal and gives its place back',
  async (t) => {
    const { find, guards } = await poolWithSts(t, () => hang)
    const calls = [1, 2, 3].map(() => find(50))
    await Promise.all(calls.map((call) => t.rejects(call, { name: 'AbortError' })))
    t.match(guards.cognito.reading(), { running: 0 })
    for (let call = 0; call < 7; call++) await t.rejects(find(20), { name: 'AbortError' })
    t.equal(guards.cognito.reading().breaker, 'open', 'and shows as an upstream that is away')
  },
)

t.test('one look for credentials that hangs does not keep later ones waiting', async (t) => {
  const { find } = await poolWithSts(t, (count) =>
    count === 1 ? hang : text(200, CREDENTIALS, { 'content-type': 'text/xml' }),
  )
  await t.rejects(find(50), { name: 'AbortError' })
  t.match(await find(60_000), { Username: 'ada' })
})
