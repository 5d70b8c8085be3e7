import t from 'tap'
import { unseenBy } from '../../src/doctor/look/cognito.ts'
import { factsOf } from './support.ts'

function thrown(name: string, message = 'arn:aws:iam::123456789012:user/ada'): Error {
  return Object.assign(new Error(message), { name, $metadata: { httpStatusCode: 400 } })
}

for (const [name, expected] of [
  ['CredentialsProviderError', /no AWS credentials/],
  ['UnrecognizedClientException', /does not take the credentials \(Unrecog/],
  ['InvalidSignatureException', /does not take the credentials/],
  ['ExpiredTokenException', /does not take the credentials/],
  ['AccessDeniedException', /do not allow DescribeUserPool/],
  ['TooManyRequestsException', /cannot be asked \(TooManyRequestsException\)/],
  ['TimeoutError', /does not answer in time/],
] as const) {
  t.test(`${name} is told by its name only`, async (t) => {
    const { unseen, fix } = unseenBy('DescribeUserPool', thrown(name), factsOf().config)
    t.match(unseen, expected)
    if (name === 'AccessDeniedException') t.match(fix, /put-role-policy .*DescribeUserPool/)
    t.notMatch(`${unseen} ${fix}`, /123456789012|ada/)
  })
}
