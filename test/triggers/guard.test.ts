import { inspect } from 'node:util'
import t from 'tap'
import { ServiceError } from '../../src/errors.ts'
import { guarded } from '../../src/triggers/guard.ts'
import { TRIGGER_DEADLINE_MS } from '../../src/triggers/settings.ts'

async function thrownBy(work: () => Promise<unknown>): Promise<Error> {
  return guarded('create-auth-challenge', work).then(
    () => new Error('nothing was thrown'),
    (error: Error) => error,
  )
}

t.test('passes on what works', async (t) => {
  t.equal(await guarded('define-auth-challenge', async () => 'event'), 'event')
})

t.test('lets only constants out, in the form that Lambda passes on', async (t) => {
  const cases: [Error, string][] = [
    [new ServiceError('sign_in_blocked'), 'SIGN_IN_BLOCKED'],
    [new ServiceError('upstream_unavailable'), 'UPSTREAM_UNAVAILABLE'],
    [new ServiceError('upstream_timeout'), 'UPSTREAM_TIMEOUT'],
    [new ServiceError('upstream_error'), 'UPSTREAM_ERROR'],
    [new ServiceError('invalid_request'), 'UPSTREAM_ERROR'],
    [new TypeError('ada@example.com is not a function'), 'UPSTREAM_ERROR'],
  ]
  for (const [thrown, text] of cases) {
    const error = await thrownBy(() => Promise.reject(thrown))
    t.equal(error.message, text)
    t.equal(error.stack, `Error: ${text}`, 'an error without a stack would lose its text')
    t.notMatch(inspect(error, { showHidden: true }), /ada@example/)
  }
})

t.test('gives up before Cognito does', async (t) => {
  const error = await thrownBy(() => new Promise(() => {}))
  t.equal(error.message, 'UPSTREAM_TIMEOUT')
  t.ok(TRIGGER_DEADLINE_MS < 4_500, 'with time to answer inside the five seconds of a trigger')
})
