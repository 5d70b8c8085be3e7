/** What stands above the generated list of checks in docs/doctor.md. */
export const DOCTOR_PAGE = `A command of the same image that checks a real user pool and tenant against what the service needs,
and says for each finding what to type. It takes the service's environment and changes nothing.

\`\`\`sh
docker run --rm --env-file .env bff node dist/doctor.mjs          # from a checkout: npm run doctor
docker run --rm --env-file .env bff node dist/doctor.mjs --json   # for machines
\`\`\`

It ends with

- **0** when nothing is wrong; there may be warnings;
- **1** when there are problems;
- **2** when there are none, but something could not be checked: the configuration is unusable, there are no
  AWS credentials or they may not describe the pool, or Cognito, Authsignal or Redis is away.

## What it calls

Its credentials need \`cognito-idp:DescribeUserPool\` and \`cognito-idp:DescribeUserPoolClient\` on the pool, and
otherwise those of the service, which it tries out on users that cannot exist (a random name in the
domain \`doctor.invalid\`): AdminGetUser, AdminUpdateUserAttributes, ListUsers, and AdminCreateUser with
\`MessageAction=RESEND\`, which makes nobody. Cognito answers that there is no such user; IAM, if it does not
allow the call, answers before that. CloudTrail records these calls.

From Authsignal it reads a user that cannot exist. A key that one of Authsignal's own regions refuses is
tried on the others, to name the right one. In Redis it sets \`bff:probe\` for one second, as the service does when
it connects. No secret and no address of a user is in its output, but the output names the pool and the client.

It cannot see the environment and resource policies of the triggers, nor the tenant's actions, rules
and authenticators: a sign-in is the test for those.

## What it checks`
