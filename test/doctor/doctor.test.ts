import t from 'tap'
import { doctor } from '../../src/doctor/doctor.ts'

async function run(args: string[], env: NodeJS.ProcessEnv = {}) {
  const printed = { out: '', err: '' }
  const exit = await doctor(args, env, {
    out: (text) => (printed.out += text),
    err: (text) => (printed.err += text),
  })
  return { exit, ...printed }
}

t.test('without configuration it names what it misses and ends with 2', async (t) => {
  const { exit, out, err } = await run([])
  t.equal(exit, 2)
  t.match(err, /not usable:\n(.*\n)* {2}COGNITO_USER_POOL_ID: is required/)
  t.equal(out, '')
})

t.test('tells machines the same', async (t) => {
  const { exit, out } = await run(['--json'])
  t.equal(exit, 2)
  const report = JSON.parse(out)
  t.equal(report.exitStatus, 2)
  t.ok(report.configuration.includes('COGNITO_USER_POOL_ID: is required'))
})

t.test('explains itself, asked or misunderstood', async (t) => {
  t.match(await run(['--help']), { exit: 0, out: /^Usage: doctor/ })
  t.match(await run(['--fix']), { exit: 2, out: '', err: /^Usage: doctor/ })
  t.match(await run(['now']), { exit: 2, err: /^Usage: doctor/ })
})
