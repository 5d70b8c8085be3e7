import t from 'tap'
import { VARIABLES } from '../src/config-variables.ts'
import { BAD_VALUES } from './support/bad-values.ts'
import { ENVIRONMENT } from './support/config.ts'
import { runToEnd } from './support/service-process.ts'

/** All of them are tried in config.test.ts; this is about the process. */
const ROUNDS = 2

t.test('the service does not start on a bad value, and has one line for each', async (t) => {
  for (let round = 0; round < ROUNDS; round += 1) {
    // Every variable is wrong at once: each round in the next way, as far as there is one.
    const bad = Object.entries(BAD_VALUES).flatMap(([name, values]): [string, string][] => {
      const value = values[round]
      return value === undefined ? [] : [[name, value]]
    })
    const { code, output } = await runToEnd({ ...ENVIRONMENT, ...Object.fromEntries(bad) })
    t.equal(code, 1, `round ${round}`)
    const lines = output.split('\n').filter((line) => line.startsWith('  '))
    t.strictSame(
      lines.map((line) => line.trim().split(':')[0]),
      bad.map(([name]) => name).toSorted(byPosition),
    )
    for (const [name, value] of bad) {
      const line = lines.find((one) => one.startsWith(`  ${name}:`)) ?? ''
      // The advice for a number may well contain the digit of a short value.
      if (value.length > 5) t.notOk(line.slice(name.length + 3).includes(value), name)
    }
    t.notMatch(output, /\n\s+at /, 'no stack')
  }
})

t.test('nor on a secret whose file is not there', async (t) => {
  const { code, output } = await runToEnd({
    ...ENVIRONMENT,
    SESSION_KEYS: '',
    SESSION_KEYS_FILE: '/nowhere/hunter2',
  })
  t.equal(code, 1)
  t.match(output, '  SESSION_KEYS_FILE: the file cannot be read (ENOENT)')
  t.notMatch(output, 'hunter2')
})

/** As the service lists them. */
function byPosition(a: string, b: string): number {
  const order = Object.keys(VARIABLES)
  return order.indexOf(a) - order.indexOf(b)
}
