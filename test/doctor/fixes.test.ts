import { execFile, spawnSync } from 'node:child_process'
import { writeFile, chmod, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { changeClient, changePool, grant, shellFunctions } from '../../src/doctor/fixes.ts'
import { factsOf } from './support.ts'

const run = promisify(execFile)
const missing = ['jq', 'sh'].find((tool) => spawnSync(tool, ['--version']).error)
const skip = missing === undefined ? false : `${missing} is not installed`

/** Types a fix into a shell whose `aws` describes what is given and writes down what it is told. */
async function typed(dir: string, described: object, fix: string): Promise<string[]> {
  const answer = JSON.stringify(JSON.stringify(described))
  const aws = `#!${process.execPath}
const args = process.argv.slice(2)
if (args[1].startsWith('describe')) process.stdout.write(${answer})
else require('node:fs').writeFileSync(${JSON.stringify(join(dir, 'told'))}, JSON.stringify(args))`
  await writeFile(join(dir, 'aws'), aws)
  await chmod(join(dir, 'aws'), 0o755)
  const script = [...shellFunctions(factsOf().config), fix].join('\n')
  await run('sh', ['-c', script], { env: { PATH: `${dir}:${process.env['PATH']}` } })
  return JSON.parse(await readFile(join(dir, 'told'), 'utf8'))
}

t.test('a fix of the pool keeps its other settings', { skip }, async (t) => {
  const described = {
    Id: 'eu-west-1_AbCdEf123',
    Name: 'users',
    Arn: 'arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_AbCdEf123',
    CreationDate: 1,
    SchemaAttributes: [],
    LambdaConfig: { PreTokenGeneration: 'arn:kept' },
    AdminCreateUserConfig: { AllowAdminCreateUserOnly: false, UnusedAccountValidityDays: 7 },
    UserPoolTags: { team: 'kept' },
  }
  const fix = changePool('.LambdaConfig |= (.DefineAuthChallenge="arn:new")')
  const [, operation, flag, input = ''] = await typed(t.testdir(), described, fix)
  t.strictSame([operation, flag], ['update-user-pool', '--cli-input-json'])
  t.strictSame(JSON.parse(input), {
    UserPoolId: 'eu-west-1_AbCdEf123',
    PoolName: 'users',
    LambdaConfig: { PreTokenGeneration: 'arn:kept', DefineAuthChallenge: 'arn:new' },
    AdminCreateUserConfig: { AllowAdminCreateUserOnly: false },
    UserPoolTags: { team: 'kept' },
  })
})

t.test(
  'a fix of the app client keeps its other settings, and shows no secret',
  { skip },
  async (t) => {
    const described = {
      UserPoolId: 'eu-west-1_AbCdEf123',
      ClientId: 'client',
      ClientSecret: 'secret',
      CreationDate: 1,
      LastModifiedDate: 1,
      CallbackURLs: ['https://kept.example'],
      PreventUserExistenceErrors: 'LEGACY',
    }
    const fix = changeClient('.PreventUserExistenceErrors="ENABLED"')
    const [, operation, , input = '', ...rest] = await typed(t.testdir(), described, fix)
    t.equal(operation, 'update-user-pool-client')
    t.strictSame(JSON.parse(input), {
      UserPoolId: 'eu-west-1_AbCdEf123',
      ClientId: 'client',
      CallbackURLs: ['https://kept.example'],
      PreventUserExistenceErrors: 'ENABLED',
    })
    t.strictSame(rest, ['--query', 'UserPoolClient.ClientId'], 'the answer has the secret in it')
  },
)

t.test('a grant is one statement for the pool only', { skip }, async (t) => {
  const told = await typed(t.testdir(), {}, `ROLE=bff; ${grant('AdminGetUser', 'arn:pool')}`)
  t.strictSame(told.slice(0, 4), ['iam', 'put-role-policy', '--role-name', 'bff'])
  t.match(JSON.parse(told.at(-1) ?? ''), {
    Statement: [{ Effect: 'Allow', Action: 'cognito-idp:AdminGetUser', Resource: 'arn:pool' }],
  })
})
