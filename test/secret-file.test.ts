import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { parseConfig } from '../src/config.ts'
import { VARIABLES } from '../src/config-variables.ts'
import { ENVIRONMENT, problemsOf } from './support/config.ts'

const KEY = Buffer.alloc(32, 7).toString('base64')
/** A good value of every secret, as a file may hold it. */
const SECRETS: Record<string, string> = {
  AUTHSIGNAL_SECRET: 'sk_live_do-not-print-me',
  COGNITO_CLIENT_SECRET: 'donotprintme'.padEnd(40, '0'),
  SESSION_KEYS: KEY,
  REDIS_URL: 'rediss://:do-not-print-me@redis.example:6380',
  OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20do-not-print-me',
}

/** The environment with the secret in a file of this content instead. */
function withFile(t: Test, name: string, content: string): NodeJS.ProcessEnv {
  const { [name]: _inline, ...rest } = ENVIRONMENT
  return { ...rest, [`${name}_FILE`]: join(t.testdir({ secret: content }), 'secret') }
}

t.test('every secret can come from a file, whose last line end is no part of it', (t) => {
  const secrets = Object.entries(VARIABLES).filter(([, variable]) => 'isSecret' in variable)
  t.strictSame(secrets.map(([name]) => name).toSorted(), Object.keys(SECRETS).toSorted())
  for (const [name, secret] of Object.entries(SECRETS)) {
    const config = parseConfig(withFile(t, name, `${secret}\n`))
    const inline = parseConfig({ ...ENVIRONMENT, [name]: secret })
    const field = name as keyof typeof VARIABLES
    t.strictSame(config[field], inline[field], name)
  }
  t.end()
})

t.test('a secret given twice is refused, naming both', (t) => {
  for (const [name, secret] of Object.entries(SECRETS)) {
    const problems = problemsOf({ ...withFile(t, name, secret), [name]: secret })
    t.strictSame(problems, [`${name}_FILE: ${name} is set too; keep one of the two`])
  }
  t.end()
})

t.test('a file that holds no secret is refused by name, never with its path or content', (t) => {
  for (const name of Object.keys(SECRETS)) {
    const missing = { ...ENVIRONMENT, [name]: '', [`${name}_FILE`]: '/nowhere/hunter2' }
    t.strictSame(problemsOf(missing), [`${name}_FILE: the file cannot be read (ENOENT)`])
    const folder = { ...missing, [`${name}_FILE`]: t.testdir({}) }
    const noFile = [`${name}_FILE: must be a file: no folder, pipe or device`]
    t.strictSame(problemsOf(folder), noFile)
    t.strictSame(problemsOf({ ...missing, [`${name}_FILE`]: '/dev/zero' }), noFile)
    for (const content of ['', ' \n\n']) {
      t.strictSame(problemsOf(withFile(t, name, content)), [`${name}_FILE: the file is empty`])
    }
    const large = withFile(t, name, 'hunter2 '.repeat(9_000))
    t.strictSame(problemsOf(large), [`${name}_FILE: the file is larger than 64 KiB`])
    const [bad = '', ...more] = problemsOf(withFile(t, name, 'hunter2 is bad\nhunter2'))
    t.match(bad, new RegExp(`^${name}_FILE: must be `))
    t.notMatch(bad, 'hunter2')
    t.strictSame(more, [])
  }
  t.end()
})

t.test('a file without permission is refused', { skip: process.getuid?.() === 0 }, (t) => {
  const env = withFile(t, 'AUTHSIGNAL_SECRET', 'x')
  chmodSync(env['AUTHSIGNAL_SECRET_FILE'] ?? '', 0)
  t.strictSame(problemsOf(env), ['AUTHSIGNAL_SECRET_FILE: the file cannot be read (EACCES)'])
  t.end()
})

t.test('what is no secret is not read from a file', (t) => {
  const { PORT } = parseConfig({ ...ENVIRONMENT, PORT_FILE: '/etc/hostname' })
  t.equal(PORT, 3000)
  t.end()
})
